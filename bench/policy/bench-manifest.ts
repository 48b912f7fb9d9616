/** An environment of an artifact, as it is pushed: one ConfigMap, and when it is released. */
export function manifestOf(app: string, env: string, deploy: object): object {
  const manifests = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${app}}\n`;
  return { app, env, namespace: 'bench', manifests, deploy };
}

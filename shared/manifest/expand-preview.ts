import type { Manifest } from './manifest-schema.ts';
import { isTemplated } from './slug.ts';

const BRANCH = '{{ .BRANCH | sanitizeDNSName }}';
/** What already differs from branch to branch. */
const PER_BRANCH = /\.(?:BRANCH|APP)\b/;

/**
 * What `preview: true` stands for: one manifest per branch, with an app and a host of its own, released on each push
 * to any branch but the main ones and cleaned up when the branch goes. Other manifests stay as they are.
 */
export function expandPreview(manifest: Manifest): Manifest {
  if (manifest.preview !== true) return manifest;
  const app = manifest.app && appOfBranch(manifest.app);
  return {
    ...manifest,
    ...(app !== undefined && { app }),
    ...(manifest.values && { values: withHostOfBranch(manifest.values) }),
    deploy: { event: 'push', branch: '!{main,master}' },
    cleanup: { ...(app !== undefined && { app }), event: 'branchDeleted', branch: '*' },
  };
}

/** Cut, when it is resolved, as every app that is made of variables. */
function appOfBranch(app: string): string {
  return PER_BRANCH.test(app) ? app : `${app.replace(/-preview$/, '')}-${BRANCH}`;
}

function withHostOfBranch(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { ingress } = values;
  if (typeof ingress !== 'object' || ingress === null || !('host' in ingress)) return values;
  const { host } = ingress;
  return typeof host === 'string' ? { ...values, ingress: { ...ingress, host: hostOfBranch(host) } } : values;
}

/** Up to the first dot that is not in an action. */
const FIRST_LABEL = /^(?:\{\{.*?\}\}|[^.{]|\{(?!\{))+/s;

function hostOfBranch(host: string): string {
  const [label = ''] = FIRST_LABEL.exec(host) ?? [];
  if (label === '' || PER_BRANCH.test(label)) return host;
  const base = label.replace(/-preview$/, '');
  // A label of a host has a limit too: cut as the app is, so that both are called the same.
  const ofBranch = isTemplated(base)
    ? `${base}-${BRANCH}`
    : `{{ print ${JSON.stringify(`${base}-`)} (sanitizeDNSName .BRANCH) | sanitizeDNSName }}`;
  return `${ofBranch}${host.slice(label.length)}`;
}

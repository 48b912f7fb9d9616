import type { Release, TargetName } from '../release/release.ts';
import type { GitOpsLocation } from '../release/settings.ts';

/** The directory of a target in its GitOps repo: `<env>/<app>`, or `<app>` where the repo holds one environment. */
export function targetDirectory(layout: GitOpsLocation['layout'], { app, env }: TargetName): string {
  return layout === 'flat' ? app : `${env}/${app}`;
}

/** All files of a release's directory: what was rendered, and `release.json`. */
export function releaseFiles(
  release: Release,
  rendered: ReadonlyMap<string, string>,
): Map<string, Uint8Array> {
  const files = new Map([...rendered].map(([name, text]) => [name, Buffer.from(text)] as const));
  return files.set('release.json', Buffer.from(releaseJson(release)));
}

/** One line that says what is in the directory. It holds no time, so that the same thing released twice is unchanged. */
function releaseJson({ app, env, artifactId, triggeredBy, version }: Release): string {
  return `${JSON.stringify({ app, env, artifactId, triggeredBy, version, gitopsRef: '', gitopsRepo: '' })}\n`;
}

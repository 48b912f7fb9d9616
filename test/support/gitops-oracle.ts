import { parseTrailers } from '../../shared/gitops/commit-message.ts';
import { git, tipOf } from './native-git.ts';

/** What the GitOps repo itself says, read with native git: never from our own records. */
export interface WrittenCommit {
  readonly releaseId: string;
  readonly order: number;
  readonly artifactId: string;
  /** `staging/shop`. */
  readonly target: string;
}

/** All commits of releases, oldest first. */
export function writtenCommits(bare: string, branch = 'main'): WrittenCommit[] {
  if (tipOf(bare, branch) === null) return [];
  const log = git(bare, ['log', '--reverse', '--format=%B%x00', branch]);
  return log.split('\0').flatMap((text) => {
    const message = text.trim();
    const trailers = parseTrailers(message);
    const target = /^\[Gimlet\] (\S+) /.exec(message)?.[1];
    const artifactId = /^Artifact-Id: (.*)$/m.exec(message)?.[1];
    return trailers && target && artifactId ? [{ ...trailers, target, artifactId }] : [];
  });
}

/** What must never be: a release in the repo twice, or something older after something newer of its target. */
export function violations(commits: readonly WrittenCommit[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const newest = new Map<string, number>();
  for (const { releaseId, target, order } of commits) {
    if (seen.has(releaseId)) found.push(`${releaseId} is written twice`);
    seen.add(releaseId);
    if (order <= (newest.get(target) ?? 0))
      found.push(`${releaseId} of ${target} is written after something newer`);
    newest.set(target, Math.max(order, newest.get(target) ?? 0));
  }
  return found;
}

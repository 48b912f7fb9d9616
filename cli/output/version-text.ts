import type { ArtifactAnswer } from '../../shared/contract/answers.ts';

/** What was built, as people name it: `main`, `tag v1.2.0`, `pr feature/x → main`. */
export function gitRef({
  event,
  branch,
  sourceBranch,
  targetBranch,
  tag,
}: ArtifactAnswer['version']): string {
  if (event === 'tag') return `tag ${tag ?? '?'}`;
  if (event === 'push') return branch ?? '';
  return `pr ${sourceBranch ?? branch ?? '?'}${targetBranch === undefined ? '' : ` → ${targetBranch}`}`;
}

export function shortSha(sha: string | undefined): string {
  return sha?.slice(0, 8) ?? '';
}

/** `3 min ago`; both in unix milliseconds. */
export function agoOf(time: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Unix milliseconds as people write it in a log, in UTC. */
export function timeText(time: number): string {
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

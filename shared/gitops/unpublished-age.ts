import type { BranchRef } from './git-engine.ts';
import type { WriterPorts } from './ports.ts';

/** Milliseconds for which the oldest release of a branch has been ready and not written; 0 when there is none. */
export async function unpublishedAge(
  { ready, releases, clock }: Pick<WriterPorts, 'ready' | 'releases' | 'clock'>,
  ref: BranchRef,
): Promise<number> {
  const [oldest] = await ready.list(ref, 1);
  // The index lags: what it has may be written by now.
  const release = oldest === undefined ? undefined : await releases.get(oldest);
  if (release?.state !== 'ready' && release?.state !== 'writing') return 0;
  return Math.max(0, clock() - (release.times.ready ?? clock()));
}

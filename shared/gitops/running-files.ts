import type { Release } from '../release/release.ts';
import { runs } from '../release/running.ts';
import type { Target } from '../release/target.ts';

/** What runs as a target, as far as we have written it. */
export interface Running {
  readonly release: Release;
  /** What stands in the repo is not that: somebody else has changed it since. */
  readonly drifted: boolean;
}

export interface ReleasesReader {
  /** Consistent; in no particular order, without those that are not there. */
  getMany(ids: readonly string[]): Promise<Release[]>;
}

/** What runs as each of some targets that something runs as, in their order. */
export async function findRunning(
  releases: ReleasesReader,
  targets: readonly Target[],
): Promise<(Running | undefined)[]> {
  const ids = targets.flatMap((target) => (runs(target) ? [target.running.releaseId] : []));
  const found = new Map((await releases.getMany(ids)).map((release) => [release.id, release]));
  return targets.map((target) => {
    const release = runs(target) ? found.get(target.running.releaseId) : undefined;
    return release && { release, drifted: isDrifted(target, release) };
  });
}

/** Noted as such, or adopted since: then the record has another tree than the release that it names. */
function isDrifted({ drift, running }: Target, { tree }: Release): boolean {
  return (
    drift !== undefined || (typeof running?.tree === 'string' && tree !== undefined && running.tree !== tree)
  );
}

import { inParallel } from '../concurrency/in-parallel.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { BranchRef } from './git-engine.ts';
import type { WriterPorts } from './ports.ts';
import { PARALLEL } from './recover.ts';
import { type BranchReport, writeBranch } from './write-branch.ts';

/** A branch that could not be written to for now; its releases stay ready and come back by their marks. */
export interface BranchTrouble extends BranchRef {
  readonly error: GimletdError;
}

export interface WriteReport {
  readonly branches: readonly BranchReport[];
  readonly troubles: readonly BranchTrouble[];
}

/**
 * Writes what the named releases stand for: everything that is ready for their branches, branch by branch. Trouble
 * with one branch never holds up another. `deadline` in unix milliseconds; `wanted` are branches to look after even
 * if no release of theirs is named.
 */
export async function writeReleases(
  ports: WriterPorts,
  releaseIds: readonly string[],
  deadline: number,
  wanted: readonly BranchRef[] = [],
): Promise<WriteReport> {
  const branches: BranchReport[] = [];
  const troubles: BranchTrouble[] = [];
  for (const { ref, ids } of await byBranch(ports, releaseIds, wanted)) {
    try {
      branches.push(await writeBranch(ports, ref, ids, deadline));
    } catch (error) {
      if (!(error instanceof GimletdError)) throw error;
      troubles.push({ ...ref, error });
    }
  }
  return { branches, troubles };
}

interface BranchWork {
  readonly ref: BranchRef;
  readonly ids: string[];
}

async function byBranch(
  { releases }: WriterPorts,
  releaseIds: readonly string[],
  wanted: readonly BranchRef[],
): Promise<BranchWork[]> {
  const groups = new Map<string, BranchWork>(
    wanted.map((ref) => [`${ref.url}#${ref.branch}`, { ref, ids: [] }]),
  );
  const found = await inParallel([...new Set(releaseIds)], PARALLEL, (id) => releases.get(id));
  for (const release of found) {
    if (!release) continue;
    const { repo: url, branch } = release.location;
    const key = `${url}#${branch}`;
    const group = groups.get(key) ?? { ref: { url, branch }, ids: [] };
    group.ids.push(release.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

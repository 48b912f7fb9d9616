import { inParallel } from '../concurrency/in-parallel.ts';
import { isTerminal } from '../release/release-state.ts';
import type { BranchRef, GitBranch } from './git-engine.ts';
import { releasesSince } from './history.ts';
import type { Journal } from './journal.ts';
import type { WriterPorts } from './ports.ts';
import { settleWritten } from './settle.ts';

/** Table writes at once. */
export const PARALLEL = 25;

/**
 * Finishes what a push began: every release that is in the repo since then is recorded as written, be it in the
 * journal or another writer's that got in between (or an older one might be written over it); the others stay as
 * they are and are written anew. Answers the cleared journal.
 */
export async function finishJournal(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  journal: Journal,
): Promise<Journal> {
  if (journal.entries.length === 0) return journal;
  await branch.tip({ fresh: true });
  const planned = new Map(journal.entries.map(({ commit, releaseId }) => [commit, releaseId]));
  const trees = new Map(journal.entries.map(({ releaseId, tree }) => [releaseId, tree]));
  const { commits } = await releasesSince(branch, journal.tip, planned);
  await inParallel([...commits], PARALLEL, async ([releaseId, commit]) => {
    const release = await ports.releases.get(releaseId);
    if (!release || isTerminal(release.state)) return;
    const tree = trees.get(releaseId);
    await settleWritten(ports, release, { outcome: 'released', commit, ...(tree !== undefined && { tree }) });
  });
  const tip = await branch.tip({ fresh: false });
  return ports.journals.replace(ref, journal, { tip, entries: [], pushes: journal.pushes });
}

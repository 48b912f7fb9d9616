import { inParallel } from '../concurrency/in-parallel.ts';
import { isTerminal } from '../release/release-state.ts';
import type { BranchRef, GitBranch } from './git-engine.ts';
import { releasesSince } from './history.ts';
import { commitPlace, type Journal } from './journal.ts';
import type { WriterPorts } from './ports.ts';
import { settleWritten } from './settle.ts';

/** Table writes at once. */
export const PARALLEL = 25;

/**
 * Finishes what a push began: every release that is in the repo since the journal's tip is recorded as written, be
 * it in the journal or not (or it might be written again, or an older one over it); the others stay as they are and
 * are written anew. Answers the cleared journal.
 *
 * A push may arrive when its writer is long gone and its journal was cleared: so the branch is looked at whenever it
 * is not where the journal left it.
 */
export async function finishJournal(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  journal: Journal,
): Promise<Journal> {
  const begun = journal.entries.length > 0;
  const tip = await branch.tip({ fresh: begun });
  if (journal.epoch === 0 || (!begun && tip === journal.tip)) return journal;
  const planned = new Map(journal.entries.map(({ commit, releaseId }) => [commit, releaseId]));
  const trees = new Map(journal.entries.map(({ releaseId, tree }) => [releaseId, tree]));
  const { commits } = await releasesSince(branch, journal.tip, planned);
  await inParallel([...commits], PARALLEL, async ([releaseId, { commit, index }]) => {
    const release = await ports.releases.get(releaseId);
    if (!release || isTerminal(release.state)) return;
    const tree = trees.get(releaseId);
    await settleWritten(ports, release, {
      outcome: 'released',
      commit,
      place: commitPlace(journal, index),
      ...(tree !== undefined && { tree }),
    });
  });
  return ports.journals.replace(ref, journal, { tip, entries: [], pushes: journal.pushes });
}

import { inParallel } from '../concurrency/in-parallel.ts';
import { writeMark } from '../release/release-marks.ts';
import type { BranchRef, GitBranch, Plan, PlannedEdit, PushOutcome } from './git-engine.ts';
import { commitPlace, type Journal, type JournalEntry } from './journal.ts';
import { recentPushes } from './pace.ts';
import type { WriterPorts } from './ports.ts';
import { finishJournal, PARALLEL } from './recover.ts';
import type { Writing } from './select-batch.ts';
import { settleUnwritten, settleWritten } from './settle.ts';

/** What became of one batch. */
export interface Round {
  readonly journal: Journal;
  readonly push: PushOutcome;
  /** Whether anything was sent. */
  readonly pushed: boolean;
  readonly written: number;
  /** Ids of what is still to be written. */
  readonly left: readonly string[];
}

interface Planned {
  readonly writing: Writing;
  readonly edit: Exclude<PlannedEdit, { outcome: 'refused' }>;
}

/** One plan, one journal, one push: a commit for each release of the batch that changes something. */
export async function writeBatch(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  previous: Journal,
  batch: readonly Writing[],
): Promise<Round> {
  const plan = await branch.plan(batch.map(({ edit }) => edit));
  if (!(await isCurrent(branch, plan))) {
    const journal = await finishJournal(ports, ref, branch, previous);
    const left = batch.map(({ release }) => release.id);
    return { journal, push: { outcome: 'moved' }, pushed: false, written: 0, left };
  }
  const planned = await endRefused(ports, plan, batch);
  const entries = planned.flatMap(journalEntry);
  const ids = planned.map(({ writing }) => writing.release.id);
  if (entries.length === 0) {
    await settlePlanned(ports, planned, previous);
    return { journal: previous, push: { outcome: 'pushed' }, pushed: false, written: ids.length, left: [] };
  }
  const pushes = [...recentPushes(previous.pushes, ports.clock()), ports.clock()];
  const journal = await ports.journals.replace(ref, previous, { tip: plan.base, entries, pushes });
  const push = await branch.push(plan);
  const cleared = await afterPush(ports, ref, branch, { plan, planned, journal, push });
  const isWritten = push.outcome === 'pushed';
  return {
    journal: cleared,
    push,
    pushed: true,
    written: isWritten ? ids.length : 0,
    left: isWritten ? [] : ids,
  };
}

/**
 * Whether a plan rests on the branch as it is. A push shows that by itself; what is concluded without one, that an
 * edit changes nothing or can't be made, may have been concluded from a state that is long gone.
 */
async function isCurrent(branch: GitBranch, { base, tip, edits }: Plan): Promise<boolean> {
  if (tip !== base && !edits.some(({ outcome }) => outcome === 'refused')) return true;
  return (await branch.tip({ fresh: true })) === base;
}

/** An edit that the repo's shape refuses ends its release, and no other. */
async function endRefused(ports: WriterPorts, plan: Plan, batch: readonly Writing[]): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const [index, writing] of batch.entries()) {
    const edit = plan.edits[index];
    if (!edit) throw new Error(`the plan has no answer for edit ${index}`);
    if (edit.outcome !== 'refused') planned.push({ writing, edit });
    else {
      const ending = { state: 'failed', outcomeReason: edit.reason, errorCode: edit.code } as const;
      await settleUnwritten(ports, writing.release, ending);
    }
  }
  return planned;
}

function journalEntry({ writing: { release }, edit }: Planned): JournalEntry[] {
  if (edit.outcome !== 'commit') return [];
  const { id, app, env, order } = release;
  return [{ releaseId: id, app, env, order, commit: edit.commit, tree: edit.tree }];
}

interface Sent {
  readonly plan: Plan;
  readonly planned: readonly Planned[];
  readonly journal: Journal;
  readonly push: PushOutcome;
}

/** Records what the push came to and clears the journal; where the push does not say, the repo does. */
async function afterPush(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  { plan, planned, journal, push }: Sent,
): Promise<Journal> {
  const { pushes } = journal;
  switch (push.outcome) {
    case 'pushed':
      await settlePlanned(ports, planned, journal);
      return ports.journals.replace(ref, journal, { tip: plan.tip, entries: [], pushes });
    case 'refused':
      await (push.objects === true && planned.length === 1
        ? endUntakeable(ports, planned, push.reason)
        : handBack(ports, planned));
      return ports.journals.replace(ref, journal, { tip: plan.base, entries: [], pushes });
    default:
      return finishJournal(ports, ref, branch, journal);
  }
}

async function settlePlanned(
  ports: WriterPorts,
  planned: readonly Planned[],
  journal: Journal,
): Promise<void> {
  const places = new Map(journal.entries.map(({ commit }, index) => [commit, commitPlace(journal, index)]));
  await inParallel(planned, PARALLEL, ({ writing, edit }) => {
    const { release, running } = writing;
    const drifted = running?.tree !== undefined && running.tree !== edit.previousTree;
    const commit = edit.outcome === 'commit' ? edit.commit : running?.commit;
    const place = edit.outcome === 'commit' ? places.get(edit.commit) : running?.place;
    return settleWritten(ports, release, {
      outcome: edit.outcome === 'commit' ? 'released' : 'unchanged',
      ...(commit !== undefined && { commit }),
      ...(place !== undefined && { place }),
      tree: edit.tree,
      ...(drifted && { drifted }),
    });
  });
}

/** The one release whose objects the server can't take. */
async function endUntakeable(
  ports: WriterPorts,
  planned: readonly Planned[],
  outcomeReason: string,
): Promise<void> {
  for (const { writing } of planned) {
    await settleUnwritten(ports, writing.release, {
      state: 'failed',
      outcomeReason,
      errorCode: 'git-objects-refused',
    });
  }
}

/** A server that refuses us may take them later: they are ready again, and come back by their marks. */
async function handBack(ports: WriterPorts, planned: readonly Planned[]): Promise<void> {
  await inParallel(planned, PARALLEL, ({ writing: { release } }) => {
    const mark = writeMark(release, release.revision + 1, ports.clock(), ports);
    return ports.releases.move(release, { state: 'ready' }, mark);
  });
}

import { inParallel } from '../concurrency/in-parallel.ts';
import type { Release } from '../release/release.ts';
import { writeMark } from '../release/release-marks.ts';
import type { BranchRef, GitBranch, Plan, PlannedEdit, PushOutcome } from './git-engine.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { WriterPorts } from './ports.ts';
import { finishJournal, PARALLEL } from './recover.ts';
import { selectBatch, type Writing } from './select-batch.ts';
import { settleUnwritten, settleWritten } from './settle.ts';

/** What one invocation did to one branch. */
export interface BranchReport extends BranchRef {
  readonly written: number;
  readonly pushes: number;
  /** Pushes that found the branch elsewhere, or whose answer was not seen. */
  readonly conflicts: number;
  /** The server's words, when it refused us: the releases stay ready. */
  readonly refused?: string;
}

const MAX_BATCH = 1_000;
const MAX_CONFLICTS = 10;
const BACKOFF_MS = 50;
/** No push is begun when less time than this is left. */
const TIME_FOR_A_PUSH_MS = 10_000;

/**
 * Writes everything that is ready for a branch: finishes what was begun before, then a commit per release, as many
 * as fit in a push. `named` are the releases that woke the writer. `deadline` in unix milliseconds.
 * @throws TransientError when the repo can't be reached or another writer is at work: everything stays ready.
 */
export async function writeBranch(
  ports: WriterPorts,
  ref: BranchRef,
  named: readonly string[],
  deadline: number,
): Promise<BranchReport> {
  const branch = await ports.git.open(ref);
  // A repo that can't be reached is found out here, before any release is taken.
  await branch.tip({ fresh: false });
  let journal = await finishJournal(ports, ref, branch, await ports.journals.read(ref));
  let report: BranchReport = { ...ref, written: 0, pushes: 0, conflicts: 0 };
  let wanted = named;
  for (;;) {
    const waiting = await collect(ports, ref, wanted);
    const batch = await selectBatch(ports, waiting);
    if (batch.length === 0) return report;
    const round = await writeBatch(ports, ref, branch, journal, batch);
    journal = round.journal;
    report = tally(report, round);
    const outOfTime = ports.clock() + TIME_FOR_A_PUSH_MS > deadline;
    if (report.refused !== undefined || outOfTime || report.conflicts >= MAX_CONFLICTS) return report;
    if (round.push.outcome !== 'pushed')
      await ports.sleep(BACKOFF_MS * 2 ** report.conflicts * (0.5 + ports.random()));
    wanted = round.left;
  }
}

/** What is ready or was being written, each read again by its key: an index may lag, either way. */
async function collect(ports: WriterPorts, ref: BranchRef, named: readonly string[]): Promise<Release[]> {
  const ids = new Set([...named, ...(await ports.ready.list(ref, MAX_BATCH))]);
  const found = await inParallel([...ids], PARALLEL, (id) => ports.releases.get(id));
  return found
    .filter((release) => release !== undefined && isWaiting(release, ref))
    .slice(0, MAX_BATCH) as Release[];
}

function isWaiting({ state, location }: Release, { url, branch }: BranchRef): boolean {
  return (state === 'ready' || state === 'writing') && location.repo === url && location.branch === branch;
}

interface Round {
  readonly journal: Journal;
  readonly push: PushOutcome;
  readonly pushed: boolean;
  readonly written: number;
  /** Ids of what is still to be written. */
  readonly left: readonly string[];
}

interface Planned {
  readonly writing: Writing;
  readonly edit: Exclude<PlannedEdit, { outcome: 'refused' }>;
}

/** One plan, one journal, one push. */
async function writeBatch(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  previous: Journal,
  batch: readonly Writing[],
): Promise<Round> {
  const plan = await branch.plan(batch.map(({ edit }) => edit));
  const planned = await endRefused(ports, plan, batch);
  const entries = planned.flatMap(journalEntry);
  const hasCommits = entries.length > 0;
  const journal = hasCommits
    ? await ports.journals.replace(ref, previous, { tip: plan.base, entries })
    : previous;
  const push: PushOutcome = hasCommits ? await branch.push(plan) : { outcome: 'pushed' };
  if (push.outcome === 'pushed') await settlePlanned(ports, planned);
  if (push.outcome === 'refused') await handBack(ports, planned);
  const cleared = hasCommits ? await finishPush(ports, ref, branch, journal, push) : journal;
  const ids = planned.map(({ writing }) => writing.release.id);
  return {
    journal: cleared,
    push,
    pushed: hasCommits,
    written: push.outcome === 'pushed' ? ids.length : 0,
    left: push.outcome === 'pushed' ? [] : ids,
  };
}

/** An edit that git or the repo's shape refuses ends its release, and no other. */
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

async function settlePlanned(ports: WriterPorts, planned: readonly Planned[]): Promise<void> {
  await inParallel(planned, PARALLEL, ({ writing, edit }) => {
    const { release, running } = writing;
    const drifted = running?.tree !== undefined && running.tree !== edit.previousTree;
    const commit = edit.outcome === 'commit' ? edit.commit : running?.commit;
    return settleWritten(ports, release, {
      outcome: edit.outcome === 'commit' ? 'released' : 'unchanged',
      ...(commit !== undefined && { commit }),
      tree: edit.tree,
      ...(drifted && { drifted }),
    });
  });
}

/** A server that refuses us may take them later: they are ready again, and come back by their marks. */
async function handBack(
  { releases, clock, resend, settings }: WriterPorts,
  planned: readonly Planned[],
): Promise<void> {
  await inParallel(planned, PARALLEL, ({ writing: { release } }) => {
    const { writerLanes } = settings;
    const mark = writeMark(release, release.revision + 1, clock(), { resend, writerLanes });
    return releases.move(release, { state: 'ready' }, mark);
  });
}

/** After a push that was not plainly taken, what is in the repo decides; after any, the journal is cleared. */
async function finishPush(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  journal: Journal,
  push: PushOutcome,
): Promise<Journal> {
  if (push.outcome === 'moved' || push.outcome === 'unknown')
    return finishJournal(ports, ref, branch, journal);
  return ports.journals.replace(ref, journal, { tip: null, entries: [] });
}

function tally(report: BranchReport, { push, pushed, written }: Round): BranchReport {
  return {
    ...report,
    written: report.written + written,
    pushes: report.pushes + Number(pushed),
    conflicts: report.conflicts + Number(push.outcome === 'moved' || push.outcome === 'unknown'),
    ...(push.outcome === 'refused' && { refused: push.reason }),
  };
}

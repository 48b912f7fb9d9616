import { inParallel } from '../concurrency/in-parallel.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { Release } from '../release/release.ts';
import { isTerminal } from '../release/release-state.ts';
import { noteDrifts } from './drift.ts';
import type { BranchRef, GitBranch } from './git-engine.ts';
import type { Journal } from './journal.ts';
import { awaitPace } from './pace.ts';
import { endPause, pauseBranch } from './pause.ts';
import type { WriterPorts } from './ports.ts';
import { finishJournal, PARALLEL } from './recover.ts';
import { collectWaiting, MAX_BATCH, selectBatch } from './select-batch.ts';
import { type Round, writeBatch } from './write-batch.ts';

/** What one invocation did to one branch. */
export interface BranchReport extends BranchRef {
  readonly written: number;
  readonly pushes: number;
  /** Pushes that found the branch elsewhere, or whose answer was not seen. */
  readonly conflicts: number;
  /** Targets whose directories somebody else has changed, `env/app`. */
  readonly drifted: readonly string[];
  /** Why nothing, or not everything, was written: the server's words. */
  readonly paused?: string;
  /** It was not the repo: writing is switched off. */
  readonly off?: true;
}

const MAX_CONFLICTS = 10;
const BACKOFF_MS = 50;
/** No push is begun when less time than this is left. */
const TIME_FOR_A_PUSH_MS = 10_000;
/** A repo that does not answer is tried again so often before its branch is paused. */
const MAX_TRIES = 3;

/**
 * Writes everything that is ready for a branch: finishes what was begun before, then a commit per release, as many
 * as fit in a push. `named` are the releases that woke the writer. `deadline` in unix milliseconds. A repo that
 * refuses us or can't be reached is paused, and so is every one while writing is off; the releases stay ready.
 * @throws TransientError when the table can't be reached or another writer is at work: everything stays ready.
 */
export async function writeBranch(
  ports: WriterPorts,
  ref: BranchRef,
  named: readonly string[],
  deadline: number,
): Promise<BranchReport> {
  const pause = await ports.pauses.read(ref);
  if (pause && !pause.off && ports.clock() < pause.until) return { ...nothing(ref), paused: pause.reason };
  const report = await withoutTrouble(ports, deadline, () => writeReady(ports, ref, named, deadline));
  if (!('reason' in report)) {
    if (pause) await endPause(ports, ref, pause);
    return report;
  }
  const { reason, off } = await pauseBranch(ports, ref, report, pause);
  return { ...nothing(ref), ...report.soFar, paused: reason, ...(off && { off }) };
}

function nothing(ref: BranchRef): BranchReport {
  return { ...ref, written: 0, pushes: 0, conflicts: 0, drifted: [] };
}

/** Why a branch is to be paused. */
interface Trouble {
  readonly reason: string;
  readonly retryAfterMs?: number;
  readonly off?: true;
  readonly soFar?: BranchReport;
}

/** Tries again what a passing fault of the repo has stopped; answers the trouble when it does not pass. */
async function withoutTrouble(
  { clock, sleep, random }: WriterPorts,
  deadline: number,
  work: () => Promise<BranchReport | Trouble>,
): Promise<BranchReport | Trouble> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GimletdError) || !error.code.startsWith('git-')) throw error;
      const retryAfter = Number(error.data['retryAfterSeconds'] ?? 0) * 1000;
      const outOfTime = clock() + TIME_FOR_A_PUSH_MS > deadline;
      if (!error.retryable || retryAfter > 0 || tries === MAX_TRIES || outOfTime) {
        return { reason: error.message, retryAfterMs: retryAfter };
      }
      await sleep(BACKOFF_MS * 4 ** tries * (0.5 + random()));
    }
  }
}

async function writeReady(
  ports: WriterPorts,
  ref: BranchRef,
  named: readonly string[],
  deadline: number,
): Promise<BranchReport | Trouble> {
  const branch = await ports.git.open(ref);
  // A repo that can't be reached is found out here, before any release is taken.
  await branch.tip({ fresh: false });
  const left = await ports.journals.read(ref);
  let journal = await finishJournal(ports, ref, branch, left);
  let report: BranchReport = { ...nothing(ref), drifted: await foreignDrifts(ports, ref, branch, left) };
  let wanted = named;
  let limit = MAX_BATCH;
  for (;;) {
    const latest = deadline - TIME_FOR_A_PUSH_MS;
    if (ports.clock() > latest || !(await awaitPace(ports, ref, journal, latest))) return report;
    const waiting = await collectWaiting(ports, ref, wanted, limit);
    const { batch, off } = await selectBatch(ports, waiting);
    if (off !== undefined && batch.length === 0) return { reason: off, off: true, soFar: report };
    // What was turned away may have made room: only an empty table is the end.
    if (batch.length === 0 && waiting.length < limit && !(await anyEnded(ports, waiting))) return report;
    if (batch.length === 0) {
      wanted = idsOf(waiting);
      continue;
    }
    const round = await writeBatch(ports, ref, branch, journal, batch);
    journal = round.journal;
    report = tally(report, round);
    const { push } = round;
    if (push.outcome === 'refused' && push.objects !== true) return { reason: push.reason, soFar: report };
    if (report.conflicts >= MAX_CONFLICTS) return report;
    if (push.outcome === 'moved' || push.outcome === 'unknown') {
      report = { ...report, drifted: [...report.drifted, ...(await noteDrifts(ports, ref, branch))] };
      await backOff(ports, report.conflicts);
    }
    // What the server can't take is found by halving; the others go on.
    limit = push.outcome === 'refused' ? Math.ceil(batch.length / 2) : Math.min(limit * 2, MAX_BATCH);
    // With what is written, the turn goes on to the next of its target.
    wanted = [...round.left, ...idsOf(waiting.filter(({ inLine }) => inLine))];
  }
}

/** Whether any that others of its target were to wait for has come to its end in its last look. */
async function anyEnded({ releases }: WriterPorts, waiting: readonly Release[]): Promise<boolean> {
  const inLine = waiting.filter((release) => release.inLine);
  const now = await inParallel(inLine, PARALLEL, ({ id }) => releases.get(id));
  return now.some((release) => release !== undefined && isTerminal(release.state));
}

function idsOf(releases: readonly Release[]): string[] {
  return releases.map(({ id }) => id);
}

/** Somebody else has been there when the branch is not where we left it. */
async function foreignDrifts(
  ports: WriterPorts,
  ref: BranchRef,
  branch: GitBranch,
  journal: Journal,
): Promise<readonly string[]> {
  const tip = await branch.tip({ fresh: false });
  return tip === journal.tip || journal.epoch === 0 ? [] : noteDrifts(ports, ref, branch);
}

async function backOff({ sleep, random }: WriterPorts, conflicts: number): Promise<void> {
  await sleep(BACKOFF_MS * 2 ** conflicts * (0.5 + random()));
}

function tally(report: BranchReport, { push, pushed, written }: Round): BranchReport {
  return {
    ...report,
    written: report.written + written,
    pushes: report.pushes + Number(pushed),
    conflicts: report.conflicts + Number(push.outcome === 'moved' || push.outcome === 'unknown'),
  };
}

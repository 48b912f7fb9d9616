import type { Mark } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Notice } from '../notification/notice.ts';
import { putNotice } from '../notification/notify.ts';
import { writerLane } from '../release/release-marks.ts';
import type { BranchRef } from './git-engine.ts';
import { pausedNotice, resumedNotice } from './pause-notice.ts';
import type { WriterPorts } from './ports.ts';

/** A branch that is left alone for now: the server refuses us, can't be reached, or writing is off. */
export interface Pause {
  /** In the server's own words, or those of whoever has switched writing off. */
  readonly reason: string;
  /** Unix milliseconds. */
  readonly since: number;
  /** Unix milliseconds until which nobody tries; then one does. */
  readonly until: number;
  /** How often it was tried in vain. */
  readonly probes: number;
  /** Writing is off everywhere: the repo has done nothing wrong, and whatever wakes the writer looks again. */
  readonly off?: true;
}

export interface Pauses {
  /** Consistent. */
  read(branch: BranchRef): Promise<Pause | undefined>;
  /** Puts or replaces it, with the mark that brings the next probe. */
  put(branch: BranchRef, pause: Pause, mark: Mark): Promise<void>;
  clear(branch: BranchRef): Promise<void>;
}

type PausePorts = Pick<WriterPorts, 'pauses' | 'notices' | 'outbox' | 'resend' | 'clock' | 'settings'>;

/** One probe a minute. */
const PROBE_MS = 60_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Pauses a branch, or goes on pausing it. The pause is its own outbox: its mark wakes the writer for the next probe,
 * so what waits there does not depend on the ever longer intervals of its releases. It is told when it begins; should
 * the writer die before it is, then with the next probe, or when it ends.
 */
export async function pauseBranch(
  ports: PausePorts,
  ref: BranchRef,
  trouble: { readonly reason: string; readonly retryAfterMs?: number; readonly off?: true },
  known: Pause | undefined,
): Promise<Pause> {
  const { pauses, clock, settings } = ports;
  const now = clock();
  const wait = Math.min(Math.max(PROBE_MS, trouble.retryAfterMs ?? 0), MAX_RETRY_AFTER_MS);
  const same = known?.off === trouble.off ? known : undefined;
  const pause: Pause = {
    reason: trouble.reason.slice(0, 2_000).toWellFormed(),
    since: same?.since ?? now,
    until: now + wait,
    probes: (known?.probes ?? 0) + 1,
    ...(trouble.off && { off: true }),
  };
  const mark = newMark(
    {
      queue: 'gitops-writes',
      message: { type: 'branch', ...ref },
      group: writerLane({ repo: ref.url, branch: ref.branch }, settings.writerLanes),
      // Not the number of the probe: a queue that drops duplicates must not take it for one of an earlier pause.
      version: now,
    },
    now,
    { firstMs: wait, maxMs: MAX_RETRY_AFTER_MS },
  );
  await pauses.put(ref, pause, mark);
  await tell(ports, pausedNotice(ref, pause));
  return pause;
}

/** Ends a pause, once it is told. */
export async function endPause(ports: PausePorts, ref: BranchRef, pause: Pause): Promise<void> {
  await tell(ports, pausedNotice(ref, pause));
  await tell(ports, resumedNotice(ref, pause, ports.clock()));
  await ports.pauses.clear(ref);
}

function tell(ports: PausePorts, notice: Notice): Promise<void> {
  return putNotice({ ...ports, channels: ports.settings.notifications }, notice, ports.clock());
}

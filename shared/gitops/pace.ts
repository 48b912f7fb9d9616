import { pushesPerMinute } from '../release/settings.ts';
import type { BranchRef } from './git-engine.ts';
import type { Journal } from './journal.ts';
import type { WriterPorts } from './ports.ts';

const MINUTE = 60_000;

/**
 * When the next push may be made, unix milliseconds: some hosts ask for few pushes a minute. A burst is let through;
 * then pushes are spaced, and what comes meanwhile goes into the next one. `limit` undefined: at once.
 */
export function nextPushAt(pushes: readonly number[], limit: number | undefined, now: number): number {
  if (limit === undefined) return now;
  const recent = recentPushes(pushes, now);
  const blocking = recent.at(-limit);
  return blocking === undefined ? now : blocking + MINUTE;
}

/** The pushes that still count. */
export function recentPushes(pushes: readonly number[], now: number): number[] {
  return pushes.filter((at) => at > now - MINUTE);
}

/** Waits for the next push, if that comes before `latest` (unix milliseconds); false, at once, when it does not. */
export async function awaitPace(
  { settings, clock, sleep }: Pick<WriterPorts, 'settings' | 'clock' | 'sleep'>,
  ref: BranchRef,
  journal: Journal,
  latest: number,
): Promise<boolean> {
  const now = clock();
  const next = nextPushAt(journal.pushes, pushesPerMinute(settings, ref.url), now);
  if (next > latest) return false;
  if (next > now) await sleep(next - now);
  return true;
}

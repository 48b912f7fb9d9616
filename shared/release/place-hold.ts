import type { Hold } from '../policy/gates.ts';
import type { Targets } from './ports.ts';
import type { TargetName } from './release.ts';

/** A hold that was just put on a target, and what was there before it. */
export interface PlacedHold {
  readonly target: TargetName;
  readonly hold: Hold;
  readonly previous?: Hold;
}

/**
 * Holds automation of a target for as long as nobody resumes it. A hold that has no end of its own stays as it is:
 * undefined then.
 */
export async function placeHold(
  targets: Pick<Targets, 'get' | 'hold'>,
  target: TargetName,
  hold: Hold,
): Promise<PlacedHold | undefined> {
  const { hold: previous } = await targets.get(target);
  if (previous && previous.until === undefined) return undefined;
  await targets.hold(target, hold);
  return previous ? { target, hold, previous } : { target, hold };
}

/** Takes back a hold for which there was no reason after all. */
export async function takeBackHold(
  targets: Pick<Targets, 'liftHold'>,
  { target, hold, previous }: PlacedHold,
): Promise<void> {
  await targets.liftHold(target, hold.id, previous ? { previous } : {});
}

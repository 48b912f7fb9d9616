import type { ResendPolicy } from '../messages/mark.ts';
import type { Hold } from '../policy/gates.ts';
import { liftedNotice, placedNotice } from './hold-notice.ts';
import type { Targets } from './ports.ts';
import type { TargetName } from './release.ts';
import { targetMark } from './target-mark.ts';

/** A hold that was just put on a target, and what was there before it. */
export interface PlacedHold {
  readonly target: TargetName;
  readonly hold: Hold;
  readonly previous?: Hold;
}

/**
 * Holds automation of a target for as long as nobody resumes it. A hold that has no end of its own stays as it is:
 * undefined then. It is told after a moment: until then it can be taken back without a word.
 */
export async function placeHold(
  { targets, resend }: { readonly targets: Pick<Targets, 'get' | 'hold'>; readonly resend: ResendPolicy },
  target: TargetName,
  hold: Hold,
): Promise<PlacedHold | undefined> {
  const { hold: previous } = await targets.get(target);
  if (previous && previous.until === undefined) return undefined;
  const mark = targetMark(target, hold.since + resend.firstMs, hold.since);
  await targets.hold(target, hold, mark, placedNotice(target, hold));
  return previous ? { target, hold, previous } : { target, hold };
}

/** Takes back a hold for which there was no reason after all; whoever was told of it is told of that, too. */
export async function takeBackHold(
  targets: Pick<Targets, 'liftHold'>,
  { target, hold, previous }: PlacedHold,
): Promise<void> {
  const restored = previous ? { previous } : {};
  const unsay = placedNotice(target, hold).id;
  if (await targets.liftHold(target, hold.id, { ...restored, unsay })) return;
  await targets.liftHold(target, hold.id, {
    ...restored,
    notice: liftedNotice(target, hold, { at: hold.since }),
    mark: targetMark(target, hold.since, hold.since),
  });
}

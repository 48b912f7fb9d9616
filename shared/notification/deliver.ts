import type { ResendPolicy } from '../messages/mark.ts';
import type { Channel } from './channel.ts';
import { type Delivery, deliveryMark, MAX_ATTEMPTS, retryDelayMs } from './delivery.ts';
import type { Deliveries, Messenger, Told } from './ports.ts';

export interface DeliverPorts {
  readonly deliveries: Pick<Deliveries, 'get' | 'replace'>;
  readonly messenger: Messenger;
  readonly channels: readonly Channel[];
  readonly resend: ResendPolicy;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** Clocks of two machines differ by less; the mark of a delivery may be due on one a little before the other. */
const CLOCK_SKEW_MS = 1_000;

/**
 * Makes one attempt at a delivery, if one is due. The attempt is counted before it is made, with the mark of the
 * next one: whoever dies in between leaves it to the sweeper, and of two that are woken one makes it. Answers the
 * delivery afterwards; undefined when nothing was to be done.
 */
export async function deliver(
  ports: DeliverPorts,
  { noticeId, channel: name }: { readonly noticeId: string; readonly channel: string },
): Promise<Delivery | undefined> {
  const { deliveries, channels, messenger, resend, clock } = ports;
  const found = await deliveries.get(noticeId, name);
  const now = clock();
  if (found?.state !== 'pending' || found.notBefore > now + CLOCK_SKEW_MS) return undefined;
  const notBefore = now + resend.firstMs;
  const begun: Delivery = { ...found, attempts: found.attempts + 1, notBefore };
  if (!(await deliveries.replace(found, begun, deliveryMark(begun, notBefore, 0)))) return undefined;
  const channel = channels.find((one) => one.name === name);
  const told = channel
    ? await messenger.tell(channel, found.notice)
    : ({ outcome: 'refused', problem: 'the channel is not in the settings any more' } as const);
  const next = afterAttempt(begun, told, clock(), resend);
  const mark = next.state === 'pending' ? deliveryMark(next, next.notBefore, 0) : undefined;
  return (await deliveries.replace(begun, next, mark)) ? next : undefined;
}

function afterAttempt(begun: Delivery, told: Told, now: number, resend: ResendPolicy): Delivery {
  const { problem: _, ...delivery } = begun;
  if (told.outcome === 'delivered') return { ...delivery, state: 'delivered' };
  const { problem } = told;
  if (told.outcome === 'refused' || begun.attempts >= MAX_ATTEMPTS) {
    return { ...delivery, state: 'failed', problem };
  }
  return {
    ...delivery,
    problem,
    notBefore: now + retryDelayMs(begun.attempts, told.retryAfterMs ?? 0, resend),
  };
}

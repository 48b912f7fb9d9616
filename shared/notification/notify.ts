import type { ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Letter, Outbox } from '../messages/outbox.ts';
import { type Channel, isWanted } from './channel.ts';
import { deliveryMark, newDelivery } from './delivery.ts';
import type { Notice } from './notice.ts';
import type { Deliveries, Notices } from './ports.ts';

export interface NoticePorts {
  readonly notices: Pick<Notices, 'putOnce'>;
  readonly channels: readonly Channel[];
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

/**
 * Puts a notice that somebody wants to have, and wakes the notifier. To be called before the mark that led here is
 * taken away: then it can be called again, and the notice is there once all the same.
 */
export async function putNotice(
  { notices, channels, outbox, resend }: NoticePorts,
  notice: Notice,
  now: number,
): Promise<void> {
  if (!channels.some((channel) => isWanted(channel, notice))) return;
  const message = { type: 'notice', noticeId: notice.id } as const;
  const mark = newMark({ queue: 'notifications', message, version: 1 }, now, resend);
  await notices.putOnce(notice, mark);
  await outbox.send({ itemId: notice.id, mark });
}

export interface FanOutPorts {
  readonly deliveries: Pick<Deliveries, 'create'>;
  readonly channels: readonly Channel[];
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

/** Makes a delivery of a notice for each channel that wants it, once; answers the names of those channels. */
export async function fanOut(
  { deliveries, channels, outbox, resend }: FanOutPorts,
  notice: Notice,
  now: number,
): Promise<string[]> {
  const wanting = channels.filter((channel) => isWanted(channel, notice)).map(({ name }) => name);
  const letters: Letter[] = [];
  for (const channel of wanting) {
    const delivery = newDelivery(notice, channel, now);
    const mark = deliveryMark(delivery, now + resend.firstMs, 1);
    if (await deliveries.create(delivery, mark)) letters.push({ itemId: `${notice.id}-${channel}`, mark });
  }
  await outbox.send(...letters);
  return wanting;
}

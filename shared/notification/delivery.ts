import type { Mark, ResendPolicy } from '../messages/mark.ts';
import { resendDelayMs } from '../messages/mark.ts';
import type { Notice } from './notice.ts';

/** A notice on its way to one channel. */
export interface Delivery {
  readonly notice: Notice;
  readonly channel: string;
  /** `failed`: it is not tried again. */
  readonly state: 'pending' | 'delivered' | 'failed';
  /** How often it was begun; each change is conditional on it. */
  readonly attempts: number;
  /** Unix milliseconds before which it is not begun again. */
  readonly notBefore: number;
  /** What went wrong last, with nothing secret in it. */
  readonly problem?: string;
}

/** With doubling intervals up to an hour that is about four hours. */
export const MAX_ATTEMPTS = 10;
const LONGEST_MS = 3_600_000;

export function newDelivery(notice: Notice, channel: string, now: number): Delivery {
  return { notice, channel, state: 'pending', attempts: 0, notBefore: now };
}

/** Has a delivery begun at `dueAt`: by the sweeper, which is also how it is tried again. */
export function deliveryMark({ notice, channel, attempts }: Delivery, dueAt: number, sends: number): Mark {
  const message = { type: 'delivery', noticeId: notice.id, channel } as const;
  return { queue: 'notifications', message, version: attempts, sends, dueAt };
}

/** Milliseconds to wait after the attempt number `attempts`; a receiver that says when gets that, up to an hour. */
export function retryDelayMs(attempts: number, retryAfterMs: number, resend: ResendPolicy): number {
  const own = resendDelayMs(attempts, { firstMs: resend.firstMs, maxMs: LONGEST_MS });
  return Math.min(Math.max(own, retryAfterMs), LONGEST_MS);
}

import { type Mark, type QueueName, type ResendPolicy, resendDelayMs } from './mark.ts';
import type { Message } from './message.ts';

export interface NewMark {
  readonly queue: QueueName;
  readonly message: Message;
  readonly group?: string;
  /** Of the item, after the write that sets the mark. */
  readonly version: number;
}

/**
 * The mark of a state change whose message is sent right after it is written: due when that message has had its
 * time to take effect. `now` in unix milliseconds.
 */
export function newMark(fields: NewMark, now: number, resend: ResendPolicy): Mark {
  return { ...fields, sends: 1, dueAt: now + resendDelayMs(1, resend) };
}

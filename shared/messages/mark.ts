import type { Message } from './message.ts';

export const QUEUE_NAMES = ['events', 'render-requests', 'gitops-writes', 'notifications'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/**
 * The outbox of one item, kept in the item itself. The write that moves an item on sets the mark; sending its
 * message only moves `dueAt` forward; only the next change of state replaces or removes it. So whatever happens to
 * a message, the sweeper sends it again until the work is done.
 */
export interface Mark {
  readonly queue: QueueName;
  readonly message: Message;
  /** FIFO queues only: messages of a group are handed over in order, one consumer at a time. */
  readonly group?: string;
  /** The item's version when the mark was set: one step of its life. */
  readonly version: number;
  /** How often the message was sent. */
  readonly sends: number;
  /** Unix milliseconds after which the sweeper sends it (again). */
  readonly dueAt: number;
}

/** How long to wait for a sent message to take effect before it is sent again; doubles, up to a bound. */
export interface ResendPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const DEFAULT_RESEND: ResendPolicy = { firstMs: 60_000, maxMs: 3_600_000 };

/** Milliseconds to wait after the send number `sends` (1 = the first). */
export function resendDelayMs(sends: number, policy: ResendPolicy): number {
  return Math.min(policy.firstMs * 2 ** Math.min(Math.max(sends, 1) - 1, 30), policy.maxMs);
}

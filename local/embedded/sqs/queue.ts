import type { MessageAttributes } from './md5.ts';

/** What a queue is told when it is made; times in seconds, as SQS counts them. */
export interface QueueAttributes {
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  /** After `maxReceives` receives a message goes to the queue of this name instead of to a consumer. */
  readonly deadLetter?: { readonly queue: string; readonly maxReceives: number };
}

export const DEFAULT_ATTRIBUTES: QueueAttributes = {
  fifo: false,
  contentBasedDeduplication: false,
  visibilitySeconds: 30,
  retentionSeconds: 345_600,
  delaySeconds: 0,
};

export interface Queue extends QueueAttributes {
  readonly name: string;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly groupId?: string | undefined;
  readonly dedupId?: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface Sent {
  readonly id: string;
  readonly sequence: number;
}

/** A message handed over; times in Unix ms. */
export interface Delivery extends Sent {
  readonly receipt: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly dedupId: string | undefined;
  readonly cameFrom: string | undefined;
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number;
}

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

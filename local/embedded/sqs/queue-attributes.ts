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

import type { QueueName } from '../messages/mark.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';

export interface QueueSpec {
  readonly consumer: FunctionName;
  readonly fifo: boolean;
  /** Most messages of one invocation. An event source of a FIFO queue hands over 10 at most. */
  readonly batchSize: number;
  /** Receives after which a message goes to the dead-letter queue. */
  readonly maxReceives: number;
}

/** Every queue of the product, and who drinks from it. Each has a dead-letter queue, `<name>-dlq`. */
export const QUEUES: Readonly<Record<QueueName, QueueSpec>> = {
  events: { consumer: 'policy', fifo: false, batchSize: 10, maxReceives: 5 },
  'render-requests': { consumer: 'renderer', fifo: false, batchSize: 1, maxReceives: 5 },
  'gitops-writes': { consumer: 'writer', fifo: true, batchSize: 10, maxReceives: 10 },
  notifications: { consumer: 'notifier', fifo: false, batchSize: 10, maxReceives: 5 },
};

/** Seconds for which a received message stays hidden: six times the consumer's time-out, as Lambda asks. */
export function visibilitySeconds(queue: QueueName): number {
  return 6 * FUNCTIONS[QUEUES[queue].consumer].timeoutSeconds;
}

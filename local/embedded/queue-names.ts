import { QUEUES } from '../../shared/contract/queues.ts';
import type { QueueName } from '../../shared/messages/mark.ts';

/** What SQS calls the queue: the name of a FIFO queue has to end in `.fifo`. */
export function sqsName(queue: QueueName): string {
  return QUEUES[queue].fifo ? `${queue}.fifo` : queue;
}

export function deadLetterName(queue: QueueName): string {
  return QUEUES[queue].fifo ? `${queue}-dlq.fifo` : `${queue}-dlq`;
}

/** One value for every queue of the contract. */
export function mapQueues<V>(value: (queue: QueueName) => V): Readonly<Record<QueueName, V>> {
  const names = Object.keys(QUEUES) as QueueName[];
  return Object.fromEntries(names.map((queue) => [queue, value(queue)])) as Record<QueueName, V>;
}

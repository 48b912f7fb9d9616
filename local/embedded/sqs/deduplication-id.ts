import { createHash } from 'node:crypto';
import type { NewMessage, Queue } from './queue.ts';
import { invalidParameter } from './sqs-error.ts';

/**
 * By which a FIFO queue knows a message again.
 * @throws SqsError `InvalidParameterValue` naming what a FIFO queue needs.
 */
export function deduplicationId(queue: Queue, message: NewMessage): string {
  if (message.groupId === undefined) {
    throw invalidParameter('The request must contain the parameter MessageGroupId.');
  }
  if (message.delaySeconds !== undefined) {
    throw invalidParameter('DelaySeconds is not valid for a message of a FIFO queue.');
  }
  if (message.dedupId !== undefined) return message.dedupId;
  if (queue.contentBasedDeduplication) return createHash('sha256').update(message.body).digest('hex');
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly.',
  );
}

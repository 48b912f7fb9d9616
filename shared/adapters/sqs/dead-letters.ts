import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { TransientError } from '../../errors/errors.ts';
import type { QueueName } from '../../messages/mark.ts';
import type { DeadLetters } from '../../messages/redrive.ts';

export interface DeadLettersOptions {
  /** URLs of the dead-letter queues, by the queue that they belong to. */
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly client?: SQSClient;
}

/** A letter that was read is hidden for so long, in seconds: it is not read twice in one redrive. */
const HIDDEN_SECONDS = 120;

/** The dead-letter queues of SQS. */
export function sqsDeadLetters({
  queueUrls,
  client = new SQSClient({ maxAttempts: 3 }),
}: DeadLettersOptions): DeadLetters {
  return {
    queues: Object.keys(queueUrls) as QueueName[],
    count: (queue) =>
      translated(async () => {
        const AttributeNames = ['ApproximateNumberOfMessages' as const];
        const command = new GetQueueAttributesCommand({ QueueUrl: queueUrls[queue], AttributeNames });
        return Number((await client.send(command)).Attributes?.['ApproximateNumberOfMessages'] ?? 0);
      }),
    read: (queue) =>
      translated(async () => {
        const QueueUrl = queueUrls[queue];
        const options = { MaxNumberOfMessages: 10, VisibilityTimeout: HIDDEN_SECONDS };
        const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...options }));
        return Messages.map(({ Body = '', ReceiptHandle }) => ({
          body: Body,
          remove: () =>
            translated(async () => {
              await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
            }),
        }));
      }),
  };
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new TransientError('queue-unavailable', 'The dead-letter queues could not be reached: ask again.', {
      cause,
    });
  }
}

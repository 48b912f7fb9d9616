import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName } from '../../messages/mark.ts';
import type { Outbox } from '../../messages/outbox.ts';

export interface OutboxOptions {
  readonly queueUrls: Partial<Readonly<Record<QueueName, string>>>;
  /** Told of sends that failed; they are made up for by the sweeper. */
  readonly onFailure: (error: unknown, queue: QueueName) => void;
  readonly client?: SQSClient;
}

/** Sends the messages of marks to SQS. It never throws for a failed send: the mark says what is still to be sent. */
export function sqsOutbox({
  queueUrls,
  onFailure,
  client = new SQSClient({ maxAttempts: 3 }),
}: OutboxOptions): Outbox {
  return {
    async send(itemId, mark) {
      const QueueUrl = queueUrls[mark.queue];
      if (QueueUrl === undefined) throw new Error(`this function has no URL for the queue ${mark.queue}`);
      const order =
        mark.group === undefined
          ? {}
          : { MessageGroupId: mark.group, MessageDeduplicationId: dedupId(itemId, mark) };
      try {
        await client.send(
          new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(mark.message), ...order }),
        );
      } catch (error) {
        onFailure(error, mark.queue);
      }
    },
  };
}

/** Each send of each step of an item's life is a message of its own: only a repeated call is dropped. */
function dedupId(
  itemId: string,
  { version, sends }: { readonly version: number; readonly sends: number },
): string {
  return `${itemId.replace(/[^\w-]/g, '-').slice(-90)}-${version}-${sends}`;
}

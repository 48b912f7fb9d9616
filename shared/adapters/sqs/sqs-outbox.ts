import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { inParallel } from '../../concurrency/in-parallel.ts';
import type { QueueName } from '../../messages/mark.ts';
import type { Letter, Outbox } from '../../messages/outbox.ts';

export interface OutboxOptions {
  readonly queueUrls: Partial<Readonly<Record<QueueName, string>>>;
  /** Told of sends that failed; they are made up for by the sweeper. */
  readonly onFailure: (error: unknown, queue: QueueName) => void;
  readonly client?: SQSClient;
}

/** Messages that SQS takes in one request. Ours have some hundred bytes: what a request may weigh is never reached. */
const BATCH = 10;
const PARALLEL = 5;

/** Sends the messages of marks to SQS. It never throws for a failed send: the mark says what is still to be sent. */
export function sqsOutbox({
  queueUrls,
  onFailure,
  client = new SQSClient({ maxAttempts: 3 }),
}: OutboxOptions): Outbox {
  const sendBatch = async (queue: QueueName, letters: readonly Letter[]) => {
    const QueueUrl = queueUrls[queue];
    if (QueueUrl === undefined) throw new Error(`this function has no URL for the queue ${queue}`);
    try {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: letters.map(entryOf) }),
      );
      for (const { Code, Message } of Failed) onFailure(new Error(`${Code}: ${Message}`), queue);
    } catch (error) {
      onFailure(error, queue);
    }
  };
  return {
    async send(...letters) {
      const queues = Map.groupBy(letters, ({ mark }) => mark.queue);
      await inParallel([...queues].flatMap(inBatches), PARALLEL, ([queue, batch]) => sendBatch(queue, batch));
    },
  };
}

function inBatches([queue, letters]: [QueueName, Letter[]]): [QueueName, Letter[]][] {
  return Array.from({ length: Math.ceil(letters.length / BATCH) }, (_, n) => [
    queue,
    letters.slice(n * BATCH, (n + 1) * BATCH),
  ]);
}

function entryOf({ itemId, mark }: Letter, index: number): SendMessageBatchRequestEntry {
  return {
    Id: String(index),
    MessageBody: JSON.stringify(mark.message),
    ...(mark.group !== undefined && {
      MessageGroupId: mark.group,
      MessageDeduplicationId: dedupId(itemId, mark),
    }),
  };
}

/** Each send of each step of an item's life is a message of its own: only a repeated call is dropped. */
function dedupId(
  itemId: string,
  { version, sends }: { readonly version: number; readonly sends: number },
): string {
  return `${itemId.replace(/[^\w-]/g, '-').slice(-90)}-${version}-${sends}`;
}

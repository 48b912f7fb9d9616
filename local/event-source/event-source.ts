import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { FunctionName } from '../../shared/contract/functions.ts';
import type { QueueSpec } from '../../shared/contract/queues.ts';
import { failedMessages } from './failed-messages.ts';
import { Slots } from './slots.ts';
import { sqsRecord } from './sqs-record.ts';

const LONG_POLL_SECONDS = 20;
const MOST_OF_ONE_RECEIVE = 10;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface EventSourceOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly spec: QueueSpec;
  /** Seconds for which a received message stays hidden; the queue's own unless given. */
  readonly visibilitySeconds?: number;
  /** Resolves with the function's answer; rejects when it threw, timed out or died. */
  readonly invoke: (functionName: FunctionName, event: SQSEvent) => Promise<unknown>;
  /** Most invocations at a time: the function's reserved concurrency. */
  readonly concurrency: number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface EventSource {
  /** Takes no more messages; resolves when what was taken is done. */
  stop(): Promise<void>;
}

/**
 * Feeds a queue to its function as Lambda's event source mapping does, with `ReportBatchItemFailures`. What succeeded
 * is deleted; what failed is left alone and comes back when its visibility ends. That a FIFO group is with one
 * invocation at a time is SQS's own doing: it hands over none of a group that has a message in flight.
 *
 * Kinder than Lambda in one thing: it receives only what it has an invocation for, so a busy function costs no
 * message a receive.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const slots = new Slots(options.concurrency);
  const polling = poll(options, slots, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await polling;
      await slots.allFree();
    },
  };
}

async function poll(options: EventSourceOptions, slots: Slots, stopping: AbortSignal): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  let queueArn: string | undefined;
  while (!stopping.aborted) {
    await slots.take();
    try {
      queueArn ??= await arnOf(options, stopping);
      const messages = await receive(options, stopping);
      pauseMs = FIRST_PAUSE_MS;
      if (messages.length > 0) {
        void handle(options, queueArn, messages).finally(() => slots.give());
        continue;
      }
    } catch (error) {
      if (!stopping.aborted) options.log('could not receive', { queueUrl: options.queueUrl, error, pauseMs });
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    slots.give();
  }
}

async function arnOf({ client, queueUrl }: EventSourceOptions, abortSignal: AbortSignal): Promise<string> {
  const input = { QueueUrl: queueUrl, AttributeNames: ['QueueArn' as const] };
  const { Attributes } = await client.send(new GetQueueAttributesCommand(input), { abortSignal });
  return Attributes?.QueueArn ?? '';
}

async function receive(options: EventSourceOptions, abortSignal: AbortSignal): Promise<Message[]> {
  const { client, queueUrl, spec, visibilitySeconds } = options;
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(spec.batchSize, MOST_OF_ONE_RECEIVE),
    WaitTimeSeconds: LONG_POLL_SECONDS,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return (await client.send(command, { abortSignal })).Messages ?? [];
}

/** Never rejects: whatever goes wrong leaves messages in the queue, which brings them back. */
async function handle(options: EventSourceOptions, queueArn: string, messages: Message[]): Promise<void> {
  const { client, queueUrl, spec, invoke, log } = options;
  try {
    const answer = await invoke(spec.consumer, { Records: messages.map((m) => sqsRecord(m, queueArn)) });
    const failed = failedMessages(
      answer,
      messages.map((message) => message.MessageId ?? ''),
    );
    if (failed.size > 0) log('messages failed', { function: spec.consumer, messageIds: [...failed] });
    const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
    if (done.length === 0) return;
    const Entries = done.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle }));
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) log('messages could not be deleted', { queueUrl, failed: Failed });
  } catch (error) {
    log('a batch failed', { function: spec.consumer, messageIds: messages.map((m) => m.MessageId), error });
  }
}

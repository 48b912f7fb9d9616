import type * as z from 'zod';
import { LOCAL_AWS } from '../local-aws.ts';
import { messageAnswer, queueArn, sentAnswer } from './message-answer.ts';
import type { MessageStore } from './message-store.ts';
import type { Queue, QueueAttributes } from './queue.ts';
import { REQUESTS } from './requests.ts';
import { invalidParameter, SqsError } from './sqs-error.ts';
import type { Waiting } from './waiting.ts';

const MAX_MESSAGE_BYTES = 1_048_576;
const MAX_ENTRIES = 10;

export interface ActionContext {
  readonly store: MessageStore;
  readonly waiting: Waiting;
  readonly now: () => number;
  /** Where this service is reached, `http://host:port`: queue URLs begin with it. */
  readonly origin: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

type Action = (input: unknown, context: ActionContext) => unknown;

/** The actions of SQS's JSON protocol that this service speaks; each throws `SqsError`. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  CreateQueue: (input, { store, origin }) => {
    const { QueueName, Attributes } = parse(REQUESTS.createQueue, input);
    if (QueueName.endsWith('.fifo') !== Attributes.FifoQueue) {
      throw invalidParameter('The name of a FIFO queue ends with .fifo, and of no other queue.');
    }
    store.putQueue(QueueName, queueAttributes(Attributes));
    return { QueueUrl: queueUrl(origin, QueueName) };
  },
  GetQueueUrl: (input, { store, origin }) => {
    const { QueueName } = parse(REQUESTS.getQueueUrl, input);
    return { QueueUrl: queueUrl(origin, store.queue(QueueName).name) };
  },
  ListQueues: (input, { store, origin }) => {
    const { QueueNamePrefix } = parse(REQUESTS.listQueues, input);
    return { QueueUrls: store.queueNames(QueueNamePrefix).map((name) => queueUrl(origin, name)) };
  },
  GetQueueAttributes: (input, context) => ({ Attributes: describeQueue(context, queueOf(input, context)) }),
  PurgeQueue: (input, context) => context.store.purge(queueOf(input, context)),
  SendMessage: (input, context) => send(context, queueOf(input, context), parse(REQUESTS.sendMessage, input)),
  SendMessageBatch: (input, context) =>
    batch(input, context, (queue, entry) => send(context, queue, parse(REQUESTS.sendEntry, entry))),
  ReceiveMessage: receive,
  DeleteMessage: (input, context) =>
    remove(context, queueOf(input, context), parse(REQUESTS.deleteMessage, input)),
  DeleteMessageBatch: (input, context) =>
    batch(input, context, (queue, entry) => remove(context, queue, parse(REQUESTS.deleteEntry, entry))),
  ChangeMessageVisibility: (input, context) =>
    changeVisibility(context, queueOf(input, context), parse(REQUESTS.changeVisibility, input)),
  ChangeMessageVisibilityBatch: (input, context) =>
    batch(input, context, (queue, entry) =>
      changeVisibility(context, queue, parse(REQUESTS.visibilityEntry, entry)),
    ),
};

function send(
  context: ActionContext,
  queue: Queue,
  request: z.infer<typeof REQUESTS.sendMessage> | SendEntry,
) {
  if (Buffer.byteLength(request.MessageBody) > MAX_MESSAGE_BYTES) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
    );
  }
  const sent = context.store.send(queue, {
    body: request.MessageBody,
    attributes: request.MessageAttributes,
    groupId: request.MessageGroupId,
    dedupId: request.MessageDeduplicationId,
    delaySeconds: request.DelaySeconds,
  });
  context.waiting.wake(queue.name);
  return sentAnswer(queue, sent, request.MessageBody, request.MessageAttributes);
}

type SendEntry = z.infer<typeof REQUESTS.sendEntry>;

async function receive(input: unknown, context: ActionContext) {
  const request = parse(REQUESTS.receiveMessage, input);
  const { store, waiting, now, signal } = context;
  const deadline = now() + request.WaitTimeSeconds * 1000;
  while (!signal.aborted) {
    const queue = queueOf(input, context);
    // Read before the look at the queue: what becomes visible just after that look must not be overlooked.
    const lookedAt = now();
    const visibility = request.VisibilityTimeout ?? queue.visibilitySeconds;
    const deliveries = store.receive(queue, request.MaxNumberOfMessages, visibility);
    if (deliveries.length > 0) {
      return { Messages: deliveries.map((delivery) => messageAnswer(queue, delivery, request)) };
    }
    if (now() >= deadline) break;
    const wakeAt = Math.min(deadline, store.nextVisibleAt(queue, lookedAt) ?? deadline);
    await waiting.sleep(queue.name, wakeAt - now(), signal);
  }
  return {};
}

/** The last of a group's messages to leave frees the group, so who waits looks again. */
function remove({ store, waiting }: ActionContext, queue: Queue, request: { ReceiptHandle: string }): object {
  store.delete(queue, request.ReceiptHandle);
  if (queue.fifo) waiting.wake(queue.name);
  return {};
}

function changeVisibility(
  { store, waiting }: ActionContext,
  queue: Queue,
  request: { ReceiptHandle: string; VisibilityTimeout: number },
): object {
  store.changeVisibility(queue, request.ReceiptHandle, request.VisibilityTimeout);
  waiting.wake(queue.name);
  return {};
}

/** Does each entry for itself; those that fail are named in the answer beside those that went well. */
function batch(input: unknown, context: ActionContext, act: (queue: Queue, entry: unknown) => object) {
  const { Entries } = parse(REQUESTS.batch, input);
  const queue = queueOf(input, context);
  refuseBadBatch(Entries.map((entry) => entry.Id));
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of Entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(queue, entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.queryCode, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function refuseBadBatch(ids: readonly string[]): void {
  const refuse = (type: string, message: string) =>
    new SqsError(type, message, `AWS.SimpleQueueService.${type}`);
  if (ids.length === 0)
    throw refuse('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > MAX_ENTRIES) {
    throw refuse('TooManyEntriesInBatchRequest', `Maximum number of entries per request is ${MAX_ENTRIES}.`);
  }
  if (new Set(ids).size < ids.length) {
    throw refuse('BatchEntryIdsNotDistinct', 'Two or more entries of the batch have the same Id.');
  }
}

function queueAttributes(given: z.infer<typeof REQUESTS.createQueue>['Attributes']): QueueAttributes {
  const attributes = {
    fifo: given.FifoQueue,
    contentBasedDeduplication: given.ContentBasedDeduplication,
    visibilitySeconds: given.VisibilityTimeout,
    retentionSeconds: given.MessageRetentionPeriod,
    delaySeconds: given.DelaySeconds,
  };
  if (given.RedrivePolicy === undefined) return attributes;
  const policy = parse(REQUESTS.redrivePolicy, JSON.parse(given.RedrivePolicy));
  const queue = policy.deadLetterTargetArn.split(':').at(-1) ?? '';
  return { ...attributes, deadLetter: { queue, maxReceives: policy.maxReceiveCount } };
}

function describeQueue({ store }: ActionContext, queue: Queue): Record<string, string | undefined> {
  const { visible, inFlight, delayed } = store.counts(queue);
  const redrive = queue.deadLetter && {
    deadLetterTargetArn: queueArn(queue.deadLetter.queue),
    maxReceiveCount: queue.deadLetter.maxReceives,
  };
  return {
    QueueArn: queueArn(queue.name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.visibilitySeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    DelaySeconds: String(queue.delaySeconds),
    FifoQueue: queue.fifo ? 'true' : undefined,
    ContentBasedDeduplication: queue.fifo ? String(queue.contentBasedDeduplication) : undefined,
    RedrivePolicy: redrive && JSON.stringify(redrive),
  };
}

export function queueUrl(origin: string, name: string): string {
  return new URL(`/${LOCAL_AWS.accountId}/${name}`, origin).href;
}

/** Only the URL's last part counts, so that a URL goes on working when the port, or a proxy, changes. */
function queueOf(input: unknown, { store }: ActionContext): Queue {
  const { QueueUrl } = parse(REQUESTS.queue, input);
  return store.queue(QueueUrl.split('/').at(-1) ?? '');
}

function parse<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidParameter(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
}

import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueueName } from '../../shared/messages/mark.ts';
import { type EmbeddedWithFaults, startEmbedded } from '../support/embedded.ts';

let embedded: EmbeddedWithFaults;
let client: SQSClient;
let direct: SQSClient;

beforeEach(async () => {
  embedded = await startEmbedded({ faults: true });
  client = new SQSClient({ ...embedded.sqsConfig, maxAttempts: 1 });
  direct = new SQSClient(embedded.direct.sqsConfig);
});

afterEach(async () => {
  client.destroy();
  direct.destroy();
  await embedded.close();
});

function message(queue: QueueName, MessageBody: string) {
  const fifo = { MessageGroupId: 'g', MessageDeduplicationId: MessageBody };
  const trace = { DataType: 'String', StringValue: MessageBody };
  return { MessageBody, MessageAttributes: { trace }, ...(queue === 'gitops-writes' ? fifo : {}) };
}

const send = (queue: QueueName, body: string) =>
  client.send(new SendMessageCommand({ QueueUrl: embedded.queueUrls[queue], ...message(queue, body) }));

const sendAll = (queue: QueueName, bodies: readonly string[]) =>
  client.send(
    new SendMessageBatchCommand({
      QueueUrl: embedded.queueUrls[queue],
      Entries: bodies.map((body, n) => ({ Id: `e${n}`, ...message(queue, body) })),
    }),
  );

async function receive(queue: QueueName, MaxNumberOfMessages = 10, from = client): Promise<Message[]> {
  const QueueUrl = embedded.queueUrls[queue];
  const MessageSystemAttributeNames = ['All' as const];
  const input = { QueueUrl, MaxNumberOfMessages, MessageSystemAttributeNames, WaitTimeSeconds: 0 };
  return (await from.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

/** Receives and deletes until nothing comes. */
async function drain(queue: QueueName, max = 10): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const batch = await receive(queue, max);
    if (batch.length === 0) return bodies;
    expect(batch.length).toBeLessThanOrEqual(max);
    for (const { Body = '', ReceiptHandle } of batch) {
      bodies.push(Body);
      await client.send(new DeleteMessageCommand({ QueueUrl: embedded.queueUrls[queue], ReceiptHandle }));
    }
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `m${n}`);

describe('without faults', () => {
  it('nothing is changed, and queue URLs lead through the fault layer', async () => {
    for (const body of numbered(3)) await send('events', body);
    expect(await drain('events')).toEqual(numbered(3));
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'events' }));
    expect(QueueUrl).toBe(embedded.queueUrls.events);
    expect(new URL(QueueUrl ?? '').origin).toBe(embedded.faults.sqsEndpoint);
  });
});

describe('a standard queue', () => {
  it('may deliver a message twice, even when it was deleted', async () => {
    await embedded.faults.set({ duplicate: 1 });
    for (const body of numbered(3)) await send('events', body);
    expect((await drain('events')).toSorted()).toEqual(['m0', 'm0', 'm1', 'm1', 'm2', 'm2']);
    expect(embedded.faults.stats().duplicated).toBe(3);
  });

  it('says of the second delivery that it is one', async () => {
    await embedded.faults.set({ duplicate: 1 });
    await send('events', 'm');
    const [first] = await receive('events');
    const [second] = await receive('events');
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it.each([1, 3, 10])('may deliver out of order, %i at a time, and loses nothing', async (max) => {
    await embedded.faults.set({ shuffle: true });
    const sent = numbered(20);
    for (const body of sent) await send('events', body);
    const received = await drain('events', max);
    expect(received).not.toEqual(sent);
    expect(received.toSorted()).toEqual(sent.toSorted());
  });

  it('hands over what it held back when the faults are switched off', async () => {
    await embedded.faults.set({ shuffle: true, duplicate: 1 });
    for (const body of numbered(4)) await send('events', body);
    await receive('events', 1);
    await embedded.faults.set({});
    const rest = await drain('events');
    expect(new Set(rest).size).toBeGreaterThanOrEqual(3);
    expect(rest).toHaveLength(4);
  });
});

describe('a FIFO queue', () => {
  it('stays in order, without duplicates, ten of a group at a time', async () => {
    await embedded.faults.set({ shuffle: true, duplicate: 1 });
    for (const body of numbered(12)) await send('gitops-writes', body);
    expect((await receive('gitops-writes')).map(({ Body }) => Body)).toEqual(numbered(10));
    expect(await receive('gitops-writes')).toEqual([]);
  });
});

describe('a dropped message', () => {
  it.each(['events', 'gitops-writes'] as const)(
    'of %s is answered like any other, and never arrives',
    async (queue) => {
      embedded.faults.dropMessage(queue, 2);
      for (const body of numbered(3)) expect((await send(queue, body)).MessageId).toMatch(/^[\da-f-]{36}$/);
      expect(await drain(queue)).toEqual(['m2']);
      expect(embedded.faults.stats().dropped).toBe(2);
    },
  );

  it('of a batch leaves the others of it', async () => {
    embedded.faults.dropMessage('events');
    const { Successful = [] } = await sendAll('events', numbered(3));
    expect(Successful.map(({ Id }) => Id).toSorted()).toEqual(['e0', 'e1', 'e2']);
    expect(await drain('events')).toEqual(['m1', 'm2']);
  });

  it('may be all of a batch', async () => {
    embedded.faults.dropMessage('events', 2);
    expect((await sendAll('events', numbered(2))).Successful).toHaveLength(2);
    expect(await drain('events')).toEqual([]);
  });

  it('of one queue is none of another', async () => {
    embedded.faults.dropMessage('events');
    await send('render-requests', 'kept');
    expect(await drain('render-requests')).toEqual(['kept']);
  });
});

it('a throttled send is refused, nothing sent', async () => {
  await embedded.faults.set({ throttle: 1 });
  await expect(send('events', 'm')).rejects.toThrow('Rate exceeded');
  expect(await receive('events', 10, direct)).toEqual([]);
});

it('a send whose answer was lost is there, and twice when the client tries again', async () => {
  const retrying = new SQSClient(embedded.sqsConfig);
  embedded.faults.loseNext('SendMessage');
  await retrying.send(
    new SendMessageCommand({ QueueUrl: embedded.queueUrls.events, ...message('events', 'm') }),
  );
  expect(await drain('events')).toEqual(['m', 'm']);
  retrying.destroy();
});

it('a received batch whose answer was lost stays hidden', async () => {
  await send('events', 'm');
  embedded.faults.loseNext('ReceiveMessage');
  await expect(receive('events')).rejects.toThrow();
  expect(await receive('events')).toEqual([]);
});

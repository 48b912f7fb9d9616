import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../local/event-source/event-source.ts';
import { QUEUES } from '../../shared/contract/queues.ts';
import type { QueueName } from '../../shared/messages/mark.ts';
import { type Embedded, type EmbeddedWithFaults, startEmbedded } from '../support/embedded.ts';

let embedded: Embedded;
let sources: EventSource[];
let batches: string[][];
let logged: string[];

beforeEach(async () => {
  embedded = await startEmbedded({ visibilitySeconds: 1 });
  [sources, batches, logged] = [[], [], []];
});

afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  await embedded.close();
});

type Invoke = (records: readonly SQSRecord[], functionName: string) => unknown;

function feed(queue: QueueName, invoke: Invoke, more: Partial<EventSourceOptions> = {}): EventSource {
  const source = startEventSource({
    client: embedded.sqsClient,
    queueUrl: embedded.queueUrls[queue],
    spec: QUEUES[queue],
    concurrency: 1,
    log: (message) => logged.push(message),
    invoke: async (functionName, { Records }: SQSEvent) => {
      batches.push(Records.map((record) => record.body));
      return invoke(Records, functionName);
    },
    ...more,
  });
  sources.push(source);
  return source;
}

const send = (queue: QueueName, MessageBody: string, more = {}) =>
  embedded.sqsClient.send(
    new SendMessageCommand({ QueueUrl: embedded.queueUrls[queue], MessageBody, ...more }),
  );

const write = (body: string, group = 'lane-0') =>
  send('gitops-writes', body, { MessageGroupId: group, MessageDeduplicationId: body });

async function left(queue: QueueName): Promise<number> {
  const { Attributes } = await embedded.sqsClient.send(
    new GetQueueAttributesCommand({ QueueUrl: embedded.queueUrls[queue], AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
}

const failed = (...records: (SQSRecord | undefined)[]) => ({
  batchItemFailures: records.map((record) => ({ itemIdentifier: record?.messageId })),
});

describe('an event', () => {
  it('has the shape that Lambda gives it', async () => {
    const seen: [SQSRecord | undefined, string][] = [];
    const trace = { DataType: 'String', StringValue: 'x1' };
    const sent = await send('gitops-writes', 'wake up', {
      MessageGroupId: 'lane-0',
      MessageDeduplicationId: 'release-1:2:1',
      MessageAttributes: { trace },
    });
    feed('gitops-writes', ([record], functionName) => seen.push([record, functionName]));
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toEqual([
      {
        messageId: sent.MessageId,
        receiptHandle: expect.any(String),
        body: 'wake up',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: '000000000000',
          MessageGroupId: 'lane-0',
          MessageDeduplicationId: 'release-1:2:1',
          SequenceNumber: sent.SequenceNumber,
        },
        messageAttributes: {
          trace: { stringValue: 'x1', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        md5OfBody: sent.MD5OfMessageBody,
        md5OfMessageAttributes: sent.MD5OfMessageAttributes,
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:gitops-writes.fifo',
        awsRegion: 'us-east-1',
      },
      'writer',
    ]);
  });

  it('has no more messages than the queue allows', async () => {
    for (const body of ['a', 'b', 'c']) await send('render-requests', body);
    feed('render-requests', () => undefined);
    await expect.poll(() => batches.length).toBe(3);
    expect(batches.toSorted()).toEqual([['a'], ['b'], ['c']]);
  });

  it('of a FIFO queue has up to ten messages, in order', async () => {
    const bodies = Array.from({ length: 12 }, (_, i) => `m${i}`);
    for (const body of bodies) await write(body);
    feed('gitops-writes', () => null);
    await expect.poll(() => batches.flat().length).toBe(12);
    expect(batches).toEqual([bodies.slice(0, 10), bodies.slice(10)]);
  });
});

describe('the messages of a batch', () => {
  it('are deleted when the function succeeds', async () => {
    for (const body of ['a', 'b']) await send('events', body);
    feed('events', () => undefined);
    await expect.poll(() => left('events')).toBe(0);
    await sleep(1_100);
    expect(batches.flat().toSorted()).toEqual(['a', 'b']);
  });

  it('that are named as failed come back when their visibility ends, the others do not', async () => {
    for (const body of ['good', 'bad', 'fine']) await write(body);
    const receives: string[] = [];
    feed('gitops-writes', (records) => {
      receives.push(
        ...records.map((record) => `${record.body} ${record.attributes.ApproximateReceiveCount}`),
      );
      const bad = records.find((record) => record.body === 'bad');
      return bad?.attributes.ApproximateReceiveCount === '1' ? failed(bad) : undefined;
    });
    await expect.poll(() => receives).toEqual(['good 1', 'bad 1', 'fine 1']);
    await expect.poll(() => receives, { timeout: 5_000 }).toEqual(['good 1', 'bad 1', 'fine 1', 'bad 2']);
    await expect.poll(() => left('gitops-writes')).toBe(0);
  });

  it.each<[string, Invoke]>([
    ['the function throws', () => Promise.reject(new Error('out of memory'))],
    ['a failure names no message', () => ({ batchItemFailures: [{ itemIdentifier: 'nobody' }] })],
  ])('all come back when %s', async (_, answer) => {
    for (const body of ['a', 'b']) await write(body);
    let calls = 0;
    feed('gitops-writes', (records) => (calls++ === 0 ? answer(records, 'writer') : undefined));
    await expect
      .poll(() => batches, { timeout: 5_000 })
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
    await expect.poll(() => left('gitops-writes')).toBe(0);
  });

  it('end in the dead letters after too many receives', async () => {
    await send('events', 'poison');
    feed('events', () => Promise.reject(new Error('never')), { visibilitySeconds: 0 });
    const input = { QueueUrl: embedded.dlqUrls.events, WaitTimeSeconds: 0 };
    const dead = async () =>
      (await embedded.sqsClient.send(new ReceiveMessageCommand(input))).Messages?.[0]?.Body;
    await expect.poll(dead, { timeout: 5_000 }).toBe('poison');
    expect(batches).toHaveLength(QUEUES.events.maxReceives);
    expect(logged).toContain('a batch failed');
  });
});

describe('invocations', () => {
  /** Runs until `send` is done and the queue is empty; returns how many ran at a time, at most, of each key. */
  async function most(
    concurrency: number,
    key: (record: SQSRecord | undefined) => string,
  ): Promise<number[]> {
    const [running, peak] = [new Map<string, number>(), new Map<string, number>()];
    const change = (name: string, by: number) => {
      running.set(name, (running.get(name) ?? 0) + by);
      peak.set(name, Math.max(peak.get(name) ?? 0, running.get(name) ?? 0));
    };
    const one = { ...QUEUES['gitops-writes'], batchSize: 1 };
    const invoke: Invoke = async ([record]) => {
      change(key(record), 1);
      await sleep(30);
      change(key(record), -1);
    };
    feed('gitops-writes', invoke, { concurrency, spec: one });
    await expect.poll(() => left('gitops-writes'), { timeout: 5_000 }).toBe(0);
    return [...peak.values()];
  }

  it('are as many as reserved, no more', async () => {
    for (let i = 0; i < 9; i++) await write(`m${i}`, `lane-${i % 3}`);
    expect(await most(2, () => 'all')).toEqual([2]);
  });

  it('never share a group', async () => {
    for (let i = 0; i < 8; i++) await write(`m${i}`, `lane-${i % 2}`);
    expect(await most(5, (record) => record?.attributes.MessageGroupId ?? '')).toEqual([1, 1]);
  });
});

describe('stopping', () => {
  it('waits for what was begun, and leaves the rest in the queue', async () => {
    for (const body of ['first', 'second']) await write(body);
    let ended = false;
    const source = feed(
      'gitops-writes',
      async () => {
        await sleep(200);
        ended = true;
      },
      { spec: { ...QUEUES['gitops-writes'], batchSize: 1 } },
    );
    await expect.poll(() => batches.length).toBe(1);
    await source.stop();
    expect(ended).toBe(true);
    expect(batches).toEqual([['first']]);
    expect(await left('gitops-writes')).toBe(1);
  });

  it('does not wait for a long poll', async () => {
    const source = feed('events', () => undefined);
    await sleep(50);
    const stopped = source.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, sleep(2_000)])).toBe('stopped');
  });
});

it('a queue that can not be reached is tried again, and said so', async () => {
  feed('events', () => undefined, {
    queueUrl: new URL('/000000000000/nope', embedded.sqsConfig.endpoint).href,
  });
  await expect.poll(() => logged.length, { timeout: 5_000 }).toBeGreaterThan(1);
  expect(new Set(logged)).toEqual(new Set(['could not receive']));
});

describe('behind the fault layer', () => {
  let harsh: EmbeddedWithFaults;

  beforeEach(async () => {
    harsh = await startEmbedded({ faults: true, visibilitySeconds: 1 });
  });

  afterEach(async () => {
    await harsh.faults.set({});
    await Promise.all(sources.splice(0).map((source) => source.stop()));
    await harsh.close();
  });

  it('a group is seen whole and in order, whatever answers are lost', async () => {
    const bodies = Array.from({ length: 25 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    const QueueUrl = harsh.queueUrls['gitops-writes'];
    for (const MessageBody of bodies) {
      const fifo = { MessageGroupId: 'g', MessageDeduplicationId: MessageBody };
      await harsh.sqsClient.send(new SendMessageCommand({ QueueUrl, MessageBody, ...fifo }));
    }
    await harsh.faults.set({ loseAnswer: 0.3 });
    feed('gitops-writes', () => undefined, { client: harsh.sqsClient, queueUrl: QueueUrl });
    await expect.poll(() => [...new Set(batches.flat())], { timeout: 15_000 }).toEqual(bodies);
  });

  it('every message of a standard queue is seen, if twice and out of order', async () => {
    const bodies = Array.from({ length: 25 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    const QueueUrl = harsh.queueUrls.events;
    for (const MessageBody of bodies) {
      await harsh.sqsClient.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    await harsh.faults.set({ shuffle: true, duplicate: 0.5 });
    feed('events', () => undefined, { client: harsh.sqsClient, queueUrl: QueueUrl });
    await expect.poll(() => [...new Set(batches.flat())].toSorted(), { timeout: 15_000 }).toEqual(bodies);
    await expect.poll(() => batches.flat().length).toBe(bodies.length + harsh.faults.stats().duplicated);
    expect(harsh.faults.stats().duplicated).toBeGreaterThan(0);
  });
});

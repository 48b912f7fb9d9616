import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { type EmbeddedSqs, startSqs } from '../../local/embedded/sqs.ts';

let sqs: EmbeddedSqs;
let client: SQSClient;
let ahead = 0;
/** How many more times the clock is read until it jumps a second. */
let readsUntilJump = 0;
let standard: string;
let fifo: string;

function now(): number {
  if (readsUntilJump > 0 && --readsUntilJump === 0) ahead += 1_000;
  return Date.now() + ahead;
}

beforeAll(async () => {
  sqs = await startSqs({ visibilitySeconds: () => 30, now });
  client = new SQSClient({ endpoint: sqs.endpoint, ...LOCAL_AWS });
  standard = sqs.queueUrls.events;
  fifo = sqs.queueUrls['gitops-writes'];
});

beforeEach(async () => {
  const queues = [...Object.values(sqs.queueUrls), ...Object.values(sqs.dlqUrls)];
  for (const QueueUrl of queues) await client.send(new PurgeQueueCommand({ QueueUrl }));
});

afterAll(async () => {
  client.destroy();
  await sqs.close();
});

const send = (QueueUrl: string, MessageBody: string, more = {}) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

const write = (body: string, group: string) =>
  send(fifo, body, { MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() });

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
  return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

const bodies = async (QueueUrl: string, more?: Partial<ReceiveMessageCommandInput>) =>
  (await receive(QueueUrl, more)).map((message) => message.Body);

const remove = (QueueUrl: string, message: { ReceiptHandle?: string | undefined } | undefined) =>
  client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));

const hideFor = (
  QueueUrl: string,
  message: { ReceiptHandle?: string | undefined } | undefined,
  seconds: number,
) =>
  client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: seconds,
    }),
  );

describe('a message of a standard queue', () => {
  it('arrives with its body, its attributes and what SQS says about it', async () => {
    const attributes = {
      who: { DataType: 'String', StringValue: 'ådam' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
    };
    const sent = await send(standard, 'hej världen', { MessageAttributes: attributes });
    const [message] = await receive(standard, { MessageAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'hej världen',
      MessageAttributes: attributes,
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    });
  });

  it('is hidden once received, is back when its visibility ends, and is gone once deleted', async () => {
    await send(standard, 'again');
    expect(await bodies(standard)).toEqual(['again']);
    expect(await bodies(standard)).toEqual([]);
    ahead += 30_001;
    const [back] = await receive(standard);
    expect(back?.Attributes?.ApproximateReceiveCount).toBe('2');
    await remove(standard, back);
    ahead += 30_001;
    expect(await bodies(standard)).toEqual([]);
  });

  it('is back at once when its visibility is set to nothing', async () => {
    await send(standard, 'mine, no, yours');
    const [message] = await receive(standard);
    const waiting = bodies(standard, { WaitTimeSeconds: 10 });
    await hideFor(standard, message, 0);
    expect(await waiting).toEqual(['mine, no, yours']);
  });

  it('stays when the receipt of an earlier receive is used to delete it', async () => {
    await send(standard, 'kept');
    const [first] = await receive(standard, { VisibilityTimeout: 1 });
    ahead += 1_001;
    await receive(standard, { VisibilityTimeout: 1 });
    await remove(standard, first);
    ahead += 1_001;
    expect(await bodies(standard)).toEqual(['kept']);
  });

  it('comes when its delay is over', async () => {
    await send(standard, 'later', { DelaySeconds: 60 });
    expect(await bodies(standard)).toEqual([]);
    ahead += 60_001;
    expect(await bodies(standard)).toEqual(['later']);
  });

  it('goes to the dead letters when it was received too often', async () => {
    await send(standard, 'poison');
    for (let receives = 0; receives < 5; receives++) {
      expect(await bodies(standard)).toEqual(['poison']);
      ahead += 30_001;
    }
    expect(await bodies(standard)).toEqual([]);
    const [dead] = await receive(sqs.dlqUrls.events);
    expect(dead).toMatchObject({
      Body: 'poison',
      Attributes: {
        DeadLetterQueueSourceArn: `arn:aws:sqs:${LOCAL_AWS.region}:${LOCAL_AWS.accountId}:events`,
      },
    });
  });

  it('wakes who waits for it', async () => {
    const waiting = bodies(standard, { WaitTimeSeconds: 20 });
    await sleep(50);
    await send(standard, 'good morning');
    expect(await waiting).toEqual(['good morning']);
  });

  it('is given to who waits for it, at whatever moment its visibility ends', async () => {
    for (let moment = 1; moment <= 8; moment++) {
      await send(standard, 'back');
      await receive(standard, { VisibilityTimeout: 1 });
      readsUntilJump = moment;
      const [back] = await receive(standard, { WaitTimeSeconds: 20 });
      await remove(standard, back);
      expect(back?.Body).toBe('back');
    }
  });

  it('is not lost on a caller who has gone', async () => {
    const gone = new AbortController();
    const input = { QueueUrl: standard, WaitTimeSeconds: 20 };
    const waiting = client.send(new ReceiveMessageCommand(input), { abortSignal: gone.signal });
    await sleep(50);
    gone.abort();
    await expect(waiting).rejects.toThrow();
    await sleep(20);
    await send(standard, 'for the next');
    expect(await bodies(standard)).toEqual(['for the next']);
  });
});

describe('a group of a FIFO queue', () => {
  it('is handed over in order, ten at a time', async () => {
    const all = Array.from({ length: 12 }, (_, i) => `m${i}`);
    for (const body of all) await write(body, 'lane-0');
    const batch = await receive(fifo);
    expect(batch.map((message) => message.Body)).toEqual(all.slice(0, 10));
    expect(batch.map((message) => message.Attributes?.SequenceNumber)).toEqual(
      batch.map((message) => message.Attributes?.SequenceNumber).toSorted(),
    );
  });

  it('waits while one of it is in flight, and the others go on', async () => {
    for (const body of ['a1', 'a2']) await write(body, 'a');
    const [first] = await receive(fifo, { MaxNumberOfMessages: 1 });
    await write('b1', 'b');
    expect(await bodies(fifo)).toEqual(['b1']);
    await remove(fifo, first);
    expect(await bodies(fifo)).toEqual(['a2']);
  });

  it('goes on with the message that failed, not with the one behind it', async () => {
    for (const body of ['1', '2', '3']) await write(body, 'g');
    const [one, , three] = await receive(fifo, { VisibilityTimeout: 5 });
    await remove(fifo, one);
    await remove(fifo, three);
    await write('4', 'g');
    expect(await bodies(fifo)).toEqual([]);
    ahead += 5_001;
    expect(await bodies(fifo)).toEqual(['2', '4']);
  });

  it('takes a message once in five minutes', async () => {
    const twin = { MessageGroupId: 'g', MessageDeduplicationId: 'release-1' };
    const first = await send(fifo, 'once', twin);
    const [message] = await receive(fifo);
    await remove(fifo, message);
    const second = await send(fifo, 'once', twin);
    expect(second.MessageId).toBe(first.MessageId);
    expect(await bodies(fifo)).toEqual([]);
    ahead += 5 * 60_000 + 1;
    await send(fifo, 'once', twin);
    expect(await bodies(fifo)).toEqual(['once']);
  });

  it('refuses to delete with a receipt whose time is over', async () => {
    await write('slow', 'g');
    const [message] = await receive(fifo, { VisibilityTimeout: 1 });
    ahead += 1_001;
    await expect(remove(fifo, message)).rejects.toThrow('expired');
    await expect(hideFor(fifo, message, 9)).rejects.toThrow('not in flight');
    expect(await bodies(fifo)).toEqual(['slow']);
  });

  it('moves a message that was received too often out of the way of the next', async () => {
    for (const body of ['poison', 'fine']) await write(body, 'g');
    for (let receives = 0; receives < 10; receives++) {
      expect(await bodies(fifo, { MaxNumberOfMessages: 1 })).toEqual(['poison']);
      ahead += 30_001;
    }
    expect(await bodies(fifo)).toEqual(['fine']);
    expect(await bodies(sqs.dlqUrls['gitops-writes'])).toEqual(['poison']);
  });
});

describe('a request', () => {
  it('of a batch is answered entry by entry', async () => {
    const Entries = [
      { Id: 'good', MessageBody: 'one', MessageGroupId: 'g', MessageDeduplicationId: crypto.randomUUID() },
      { Id: 'bad', MessageBody: 'no group' },
    ];
    const sent = await client.send(new SendMessageBatchCommand({ QueueUrl: fifo, Entries }));
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(['good']);
    expect(sent.Failed).toMatchObject([
      { Id: 'bad', SenderFault: true, Message: expect.stringContaining('MessageGroupId') },
    ]);
    const [message] = await receive(fifo);
    const deletion = { QueueUrl: fifo, Entries: [{ Id: '0', ReceiptHandle: message?.ReceiptHandle }] };
    expect((await client.send(new DeleteMessageBatchCommand(deletion))).Successful).toEqual([{ Id: '0' }]);
  });

  it('for an unknown queue is refused by name', async () => {
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toThrow(
      QueueDoesNotExist,
    );
  });

  it('with a wrong parameter is told which', async () => {
    await expect(receive(standard, { MaxNumberOfMessages: 11 })).rejects.toThrow('MaxNumberOfMessages');
  });

  it('for attributes counts what waits, what is in flight and what is delayed', async () => {
    for (const body of ['a', 'b', 'c']) await send(standard, body);
    await send(standard, 'd', { DelaySeconds: 60 });
    await receive(standard, { MaxNumberOfMessages: 1 });
    const input = { QueueUrl: standard, AttributeNames: ['All' as const] };
    expect((await client.send(new GetQueueAttributesCommand(input))).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      VisibilityTimeout: '30',
    });
  });
});

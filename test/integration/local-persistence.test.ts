import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../local/embedded/dynamodb.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { startSqs } from '../../local/embedded/sqs.ts';
import { folderForTest } from '../support/test-folder.ts';

const child = join(import.meta.dirname, '../support/embedded-process.ts');
const children: ChildProcess[] = [];
let directory: string;

beforeEach(() => {
  directory = folderForTest();
});

afterEach(() => Promise.all(children.splice(0).map(kill)));

async function start() {
  const process_ = spawn(process.execPath, [child, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(process_);
  const [line] = await once(createInterface(process_.stdout), 'line');
  const { dynamodb, sqs, queueUrls } = JSON.parse(line);
  return {
    process: process_,
    table: DynamoDBDocumentClient.from(
      new DynamoDBClient({ endpoint: dynamodb, maxAttempts: 1, ...LOCAL_AWS }),
    ),
    sqs: new SQSClient({ endpoint: sqs, maxAttempts: 1, ...LOCAL_AWS }),
    queueUrls,
  };
}

async function kill(victim: ChildProcess): Promise<void> {
  if (victim.exitCode !== null || victim.signalCode !== null) return;
  victim.kill('SIGKILL');
  await once(victim, 'exit');
}

/** Does it again and again until it fails; returns how often it was answered, and tells each time. */
async function untilItFails(act: (n: number) => Promise<unknown>, answered: (count: number) => void) {
  for (let n = 0; ; n++) {
    try {
      await act(n);
    } catch {
      return n;
    }
    answered(n + 1);
  }
}

describe('a kill -9 in the middle of the work', () => {
  it('loses no item and no message that was answered for', async () => {
    const before = await start();
    const put = (n: number) =>
      before.table.send(
        new PutCommand({
          TableName: 'gimletd',
          Item: { pk: 'A', sk: String(n).padStart(9, '0'), gsi1pk: 'B', gsi1sk: String(n).padStart(9, '0') },
        }),
      );
    const sendOne = (n: number) => {
      const message = { MessageGroupId: 'g', MessageDeduplicationId: `d${n}`, MessageBody: String(n) };
      return before.sqs.send(
        new SendMessageCommand({ QueueUrl: before.queueUrls['gitops-writes'], ...message }),
      );
    };
    let busy = 2;
    const killWhenBothAreAt20 = (count: number) => {
      if (count === 20 && --busy === 0) before.process.kill('SIGKILL');
    };
    const working = [untilItFails(put, killWhenBothAreAt20), untilItFails(sendOne, killWhenBothAreAt20)];
    const [items = 0, messages = 0] = await Promise.all(working);
    expect(Math.min(items, messages)).toBeGreaterThanOrEqual(20);

    const after = await start();
    const query = { TableName: 'gimletd', IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :b' };
    const found = await after.table.send(
      new QueryCommand({ ...query, ExpressionAttributeValues: { ':b': 'B' } }),
    );
    expect(found.Count).toBeGreaterThanOrEqual(items);
    const input = { QueueUrl: after.queueUrls['gitops-writes'], MaxNumberOfMessages: 10 };
    const batch = (await after.sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
    expect(batch.map((message) => message.Body)).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
  });

  it('leaves every item in its indexes, exactly once', async () => {
    const items = Array.from({ length: 8 }, (_, n) => `item-${n}`);
    for (let round = 0; round < 3; round++) {
      const before = await start();
      let left = 100 + round;
      const killAtLast = () => {
        if (--left === 0) before.process.kill('SIGKILL');
      };
      const move = (pk: string, n: number) => {
        const place = `${round}-${n}`.padEnd(300, '.');
        const keys = { gsi1pk: 'G', gsi1sk: place, gsi2pk: 'G', gsi2sk: place, duePk: 'G', dueSk: place };
        const Item = { pk, sk: 's', place, mark: { place }, ...keys };
        return before.table.send(new PutCommand({ TableName: 'gimletd', Item }));
      };
      const moving = items.map((pk) => untilItFails((n) => move(pk, n), killAtLast));
      await Promise.all(moving);
    }
    const after = await start();
    const { Items: stored = [] } = await after.table.send(new ScanCommand({ TableName: 'gimletd' }));
    const places = stored.map((item) => `${item['pk']} ${item['place']}`).toSorted();
    expect(stored.map((item) => item['pk']).toSorted()).toEqual(items);
    for (const IndexName of ['gsi1', 'gsi2', 'due']) {
      const { Items = [] } = await after.table.send(new ScanCommand({ TableName: 'gimletd', IndexName }));
      expect(Items.map((item) => `${item['pk']} ${item['mark'].place}`).toSorted()).toEqual(places);
    }
  });

  it('keeps a received message hidden and a deduplication id remembered', async () => {
    const before = await start();
    const twin = { MessageGroupId: 'g', MessageDeduplicationId: 'd', MessageBody: 'once' };
    const QueueUrl = before.queueUrls['gitops-writes'];
    await before.sqs.send(new SendMessageCommand({ QueueUrl, ...twin }));
    await before.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    await kill(before.process);
    const after = await start();
    await after.sqs.send(
      new SendMessageCommand({
        QueueUrl: after.queueUrls['gitops-writes'],
        ...twin,
        MessageGroupId: 'other',
      }),
    );
    const received = await after.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: after.queueUrls['gitops-writes'] }),
    );
    expect(received.Messages ?? []).toEqual([]);
  });
});

describe('a data directory', () => {
  it('that another process uses is refused, with what to do', async () => {
    await start();
    const inUse = /in use by another process: stop it/;
    await expect(startDynamoDb({ directory: join(directory, 'dynamodb') })).rejects.toThrow(inUse);
    await expect(
      startSqs({ directory: join(directory, 'sqs'), visibilitySeconds: () => 30 }),
    ).rejects.toThrow(inUse);
  });

  it('can be used again once closed', async () => {
    for (const _ of [1, 2]) {
      const dynamodb = await startDynamoDb({ directory: join(directory, 'dynamodb') });
      const sqs = await startSqs({ directory: join(directory, 'sqs'), visibilitySeconds: () => 30 });
      await Promise.all([dynamodb.close(), sqs.close()]);
    }
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedWithFaults, startEmbedded } from '../support/embedded.ts';

let embedded: EmbeddedWithFaults;
let table: DynamoDBDocumentClient;
let direct: DynamoDBDocumentClient;
const TableName = 'gimletd';

/** Longer than any test: what is late stays late. */
const NEVER = [3_600_000, 3_600_000] as const;

beforeEach(async () => {
  embedded = await startEmbedded({ faults: true });
  table = clientOf({ ...embedded.dynamodbConfig, maxAttempts: 1 });
  direct = clientOf(embedded.direct.dynamodbConfig);
});

afterEach(async () => {
  table.destroy();
  direct.destroy();
  await embedded.close();
});

function clientOf(config: ConstructorParameters<typeof DynamoDBClient>[0]): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(config ?? {}));
}

const item = (sk: string, more = {}) => ({ pk: 'p', sk, gsi1pk: 'g', gsi1sk: sk, ...more });
const put = (sk: string, more = {}) => table.send(new PutCommand({ TableName, Item: item(sk, more) }));
const get = async (sk: string, client = table) =>
  (await client.send(new GetCommand({ TableName, Key: { pk: 'p', sk } }))).Item;

async function index(more: Partial<QueryCommandInput> = {}) {
  const values = { ':g': 'g', ...more.ExpressionAttributeValues };
  const query = { TableName, IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :g', ...more };
  return table.send(new QueryCommand({ ...query, ExpressionAttributeValues: values }));
}

const indexed = async () =>
  (await index()).Items?.map((found) => `${found['sk']} ${found['n'] ?? ''}`.trim());

describe('without faults', () => {
  it('nothing is changed', async () => {
    await put('a', { bytes: new Uint8Array([1, 2]) });
    expect(await get('a')).toEqual(item('a', { bytes: new Uint8Array([1, 2]) }));
    expect(await indexed()).toEqual(['a']);
    const taken = new PutCommand({
      TableName,
      Item: item('a'),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await expect(table.send(taken)).rejects.toThrow('conditional');
    expect(Object.values(embedded.faults.stats()).every((count) => count === 0)).toBe(true);
  });
});

describe('an index that lags', () => {
  beforeEach(async () => {
    for (const sk of ['changed', 'removed', 'same']) await put(sk, { n: 1 });
    await embedded.faults.set({ indexLagMs: NEVER });
  });

  it('misses the new, shows the old of the changed, and still has the removed', async () => {
    await put('new');
    await put('changed', { n: 2 });
    await table.send(new DeleteCommand({ TableName, Key: { pk: 'p', sk: 'removed' } }));
    expect(await indexed()).toEqual(['changed 1', 'removed 1', 'same 1']);
    expect(embedded.faults.stats().staleIndexReads).toBe(1);
  });

  it('leaves reads of the table itself exact', async () => {
    await put('new');
    await put('changed', { n: 2 });
    expect(await get('new')).toEqual(item('new'));
    const KeyConditionExpression = 'pk = :p';
    const query = { TableName, KeyConditionExpression, ExpressionAttributeValues: { ':p': 'p' } };
    const { Items } = await table.send(new QueryCommand(query));
    expect(Items?.map((found) => found['n'])).toEqual([2, undefined, 1, 1]);
  });

  it('still pages, filters and projects', async () => {
    const page = { Limit: 2, ProjectionExpression: 'sk', FilterExpression: 'n = :one' };
    const ExpressionAttributeValues = { ':one': 1 };
    const first = await index({ ...page, ExpressionAttributeValues });
    expect(first.Items).toEqual([{ sk: 'changed' }, { sk: 'removed' }]);
    const ExclusiveStartKey = first.LastEvaluatedKey;
    const second = await index({ ...page, ExpressionAttributeValues, ExclusiveStartKey });
    expect(second.Items).toEqual([{ sk: 'same' }]);
  });

  it('keeps an item at its old place after an update moved its key', async () => {
    const move = { TableName, Key: { pk: 'p', sk: 'same' }, UpdateExpression: 'SET gsi1pk = :elsewhere' };
    await table.send(new UpdateCommand({ ...move, ExpressionAttributeValues: { ':elsewhere': 'h' } }));
    expect(await indexed()).toContain('same 1');
  });

  it('is late for batches too', async () => {
    const requests = [
      { PutRequest: { Item: item('new') } },
      { DeleteRequest: { Key: { pk: 'p', sk: 'removed' } } },
    ];
    await table.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    expect(await indexed()).toEqual(['changed 1', 'removed 1', 'same 1']);
    expect(await get('removed')).toBeUndefined();
  });

  it('is not moved by a write whose condition failed', async () => {
    await embedded.faults.set({ indexLagMs: 0 });
    const refused = { TableName, Item: item('same', { n: 9 }), ConditionExpression: 'n = :none' };
    const write = new PutCommand({ ...refused, ExpressionAttributeValues: { ':none': 0 } });
    await expect(table.send(write)).rejects.toThrow('conditional');
    expect(await indexed()).toContain('same 1');
  });

  it('has caught up when the lag is over', async () => {
    await embedded.faults.set({ indexLagMs: 100 });
    for (let n = 2; n < 6; n++) await put('changed', { n });
    await sleep(110);
    expect(await indexed()).toContain('changed 5');
  });

  it('never goes back to an older state of an item', async () => {
    await embedded.faults.set({ indexLagMs: 30 });
    const seen: number[] = [];
    for (let n = 2; n < 30; n++) {
      await put('changed', { n });
      const [first] = (await index()).Items ?? [];
      seen.push(Number(first?.['n']));
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(1);
  });

  it('is exact again at once when switched off', async () => {
    await put('new');
    await embedded.faults.set({});
    expect(await indexed()).toContain('new');
  });

  it('knows of every write that was on its way when it began', async () => {
    await embedded.faults.set({});
    const writes = Array.from({ length: 40 }, (_, n) => put(`w${n}`));
    await embedded.faults.set({ indexLagMs: 0 });
    await Promise.all(writes);
    expect(await indexed()).toHaveLength(43);
  });
});

describe('a throttled request', () => {
  it('is refused with nothing done', async () => {
    await embedded.faults.set({ throttle: 1 });
    await expect(put('a')).rejects.toThrow(
      expect.objectContaining({ name: expect.stringMatching(/ThroughputExceeded|Throttling/) }),
    );
    expect(await get('a', direct)).toBeUndefined();
  });

  it('is one of many when it is only sometimes', async () => {
    await embedded.faults.set({ throttle: 0.5 });
    const keys = Array.from({ length: 30 }, (_, n) => `k${n}`);
    const written = await Promise.allSettled(keys.map((sk) => put(sk)));
    const done = keys.filter((_, n) => written[n]?.status === 'fulfilled');
    const there = await Promise.all(keys.map((sk) => get(sk, direct)));
    expect(there.flatMap((found) => found?.['sk'] ?? [])).toEqual(done);
    expect(embedded.faults.stats().throttled).toBe(keys.length - done.length);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(keys.length);
  });

  it('of many writes is done in part, and says which were not', async () => {
    await embedded.faults.set({ throttle: 1 });
    const requests = Array.from({ length: 10 }, (_, n) => ({ PutRequest: { Item: item(`i${n}`) } }));
    const { UnprocessedItems } = await table.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: requests } }),
    );
    const left =
      UnprocessedItems?.[TableName]?.map((request) => String(request.PutRequest?.Item?.['sk'])) ?? [];
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(10);
    const there = await Promise.all(requests.map((_, n) => get(`i${n}`, direct)));
    const missing = there.flatMap((found, n) => (found === undefined ? [`i${n}`] : []));
    expect(left.toSorted()).toEqual(missing);
  });
});

describe('a lost answer', () => {
  it('leaves the write done and the caller in the dark', async () => {
    await embedded.faults.set({ loseAnswer: 1 });
    for (const sk of ['a', 'b', 'c', 'd']) await expect(put(sk)).rejects.toThrow();
    for (const sk of ['a', 'b', 'c', 'd']) expect(await get(sk, direct)).toEqual(item(sk));
    expect(embedded.faults.stats().answersLost).toBe(4);
  });

  it('of a conditional write makes the retry fail on what the first try did', async () => {
    const retrying = clientOf(embedded.dynamodbConfig);
    embedded.faults.loseNext('PutItem');
    const create = { TableName, Item: item('a'), ConditionExpression: 'attribute_not_exists(pk)' };
    await expect(retrying.send(new PutCommand(create))).rejects.toThrow('conditional');
    expect(await get('a')).toEqual(item('a'));
    retrying.destroy();
  });

  it('of one operation leaves the others alone', async () => {
    embedded.faults.loseNext('PutItem');
    expect(await get('a')).toBeUndefined();
    await expect(put('a')).rejects.toThrow();
    await put('a');
  });
});

it('the same seed does the same', async () => {
  const fates = async () => {
    const other = await startEmbedded({ faults: true, seed: 7 });
    const client = clientOf({ ...other.dynamodbConfig, maxAttempts: 1 });
    await other.faults.set({ throttle: 0.3, loseAnswer: 0.3 });
    const all: string[] = [];
    for (let n = 0; n < 20; n++) {
      const write = client.send(new PutCommand({ TableName, Item: item(`${n}`) }));
      all.push(
        await write.then(
          () => 'done',
          (error: Error) => error.name,
        ),
      );
    }
    client.destroy();
    await other.close();
    return all;
  };
  const first = await fates();
  expect(await fates()).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(2);
});

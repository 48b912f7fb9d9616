import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillBeside } from '../../bench/browse/fill-beside.ts';
import { storeAll } from '../../bench/browse/fill-table.ts';
import { HeldPuts } from '../../bench/browse/held-puts.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { makeStores } from '../support/stores.ts';

const FILLING = { from: 0, to: 30, apps: 4 };
const KEY = { pk: 'BODY#1', sk: 'CHUNK#000' } as const;
const TRAIL = { notAudited: 'a test' };

let [one, other]: Embedded[] = [];
beforeAll(async () => {
  [one, other] = await Promise.all([startEmbedded(), startEmbedded()]);
});
afterAll(() => Promise.all([one?.close(), other?.close()]));

function tableOf(embedded: Embedded | undefined) {
  if (!embedded) throw new Error('not started');
  return { embedded, address: { config: embedded.dynamodbConfig, tableName: embedded.tableName } };
}

/** All items, without what is different each time: who wrote it, and the ids and times of audit entries. */
async function itemsOf({ dynamodbClient, tableName }: Embedded): Promise<string[]> {
  const { Items = [] } = await dynamodbClient.send(new ScanCommand({ TableName: tableName }));
  return Items.map(({ writeId: _, ...item }) => {
    const names = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify(names)
      .replaceAll(/\d{13}-[0-9a-f]{16}/g, 'ENTRY')
      .replaceAll(/\\"at\\":\d+/g, 'AT');
  }).sort();
}

describe('a table that is filled in batches', () => {
  it('has what the stores write one by one', async () => {
    const [filled, written] = [tableOf(one), tableOf(other)];
    const told: number[] = [];
    await fillBeside(filled.address, { ...FILLING, progress: (stored) => told.push(stored) });
    const { tableName } = written.address;
    const table = new TableClient(tableName, () => ({ function: 'bench' }), written.embedded.dynamodbClient);
    await storeAll(table, FILLING);
    const items = await itemsOf(written.embedded);
    expect(items.length).toBeGreaterThan(6 * FILLING.to);
    expect(await itemsOf(filled.embedded)).toEqual(items);
    expect(told).toEqual([FILLING.to]);
  });

  it('counts on: the next artifact of a repository comes after those that are stored', async () => {
    const { artifacts } = makeStores(tableOf(one).embedded);
    expect(await artifacts.nextOrder('acme/app-1')).toBe(31);
  });
});

describe('puts that are held back', () => {
  it('are written before the table is asked for anything that they cannot answer', async () => {
    const { embedded, address } = tableOf(other);
    const held = new HeldPuts(address.config, address.tableName);
    const table = new TableClient(address.tableName, () => ({ function: 'bench' }), held.client);
    const direct = makeStores(embedded).table;
    await table.put(KEY, { a: 1, b: 2 }, TRAIL);
    expect(await table.get(KEY)).toMatchObject({ a: 1, b: 2 });
    expect(await table.putNew(KEY, { a: 9 }, TRAIL)).toBe(false);
    expect(await direct.get(KEY)).toMatchObject({ a: 1, b: 2 });
    await table.put(KEY, { a: 1, b: 2 }, TRAIL);
    const conditional = { UpdateExpression: 'REMOVE b', ConditionExpression: 'a = :two' };
    const values = { ExpressionAttributeValues: { ':two': 2 } };
    expect(await table.update(KEY, { ...conditional, ...values }, TRAIL)).toBe(false);
    await table.put(KEY, { a: 3, b: 2 }, TRAIL);
    expect(await table.update(KEY, { UpdateExpression: 'REMOVE b' }, TRAIL)).toBe(true);
    expect(await direct.get(KEY)).toMatchObject({ a: 1, b: 2 });
    await held.flush();
    expect(await direct.get(KEY)).toEqual({ ...KEY, a: 3, writeId: expect.any(String) });
    held.close();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../shared/contract/table.ts';
import { ConflictError, TransientError } from '../../shared/errors/errors.ts';

const POLL_MS = 5;
const MAX_WAIT_MS = 10_000;

/**
 * Makes the table of the contract and waits until it can be used; does nothing when it is there already.
 * @throws ConflictError `local-table-changed` when it is there with other keys or indexes than the contract's.
 */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const wanted = tableInput(name);
  try {
    await client.send(new CreateTableCommand(wanted));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  refuseOtherKeys(name, await untilActive(client, name), wanted);
}

function tableInput(name: string) {
  const indexes = Object.entries(TABLE.indexes);
  const keys = [TABLE, ...indexes.map(([, index]) => index)].flatMap((k) => [k.partitionKey, k.sortKey]);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' as const })),
    KeySchema: keySchema(TABLE),
    GlobalSecondaryIndexes: indexes.map(([indexName, index]) => ({
      IndexName: indexName,
      KeySchema: keySchema(index),
      Projection: projection(index.projection),
    })),
  } satisfies CreateTableCommandInput;
}

function keySchema(keys: { partitionKey: string; sortKey: string }): KeySchemaElement[] {
  return [
    { AttributeName: keys.partitionKey, KeyType: 'HASH' },
    { AttributeName: keys.sortKey, KeyType: 'RANGE' },
  ];
}

function projection(of: 'all' | 'keys' | readonly string[]): Projection {
  if (of === 'all') return { ProjectionType: 'ALL' };
  if (of === 'keys') return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...of].sort() };
}

async function untilActive(client: DynamoDBClient, name: string): Promise<TableDescription> {
  for (const deadline = Date.now() + MAX_WAIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
  }
  throw new TransientError('table-not-active', `Table ${name} did not become active; start again.`);
}

/** Its shape by index name, the table itself under `''`, in an order of its own so that two can be compared. */
function shape(table: Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes'>) {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map((index) => {
    const { ProjectionType, NonKeyAttributes } = index.Projection ?? {};
    const projected = { ProjectionType, NonKeyAttributes: [...(NonKeyAttributes ?? [])].sort() };
    return [index.IndexName ?? '', { keys: index.KeySchema, projected }] as const;
  });
  return new Map<string, unknown>([['', { keys: table.KeySchema }], ...indexes]);
}

function refuseOtherKeys(name: string, found: TableDescription, wanted: CreateTableCommandInput): void {
  const [is, should] = [shape(found), shape(wanted as TableDescription)];
  const changed = [...new Set([...is.keys(), ...should.keys()])].filter(
    (index) => !isDeepStrictEqual(is.get(index), should.get(index)),
  );
  if (changed.length === 0) return;
  const what = changed.map((index) => (index === '' ? 'its keys' : `index ${index}`)).join(', ');
  throw new ConflictError(
    'local-table-changed',
    `The stored table ${name} differs from this version's (${what}), and local data is not migrated: ` +
      'stop, move the data directory away (.gimletd, or what GIMLETD_DATA names) and start again with a new one.',
    { data: { table: name, changed } },
  );
}

import { connect } from 'node:net';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTable } from '../../local/embedded/create-table.ts';
import { type EmbeddedDynamoDb, startDynamoDb } from '../../local/embedded/dynamodb.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { type IndexName, TABLE } from '../../shared/contract/table.ts';

let dynamodb: EmbeddedDynamoDb;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  client = new DynamoDBClient({ endpoint: dynamodb.endpoint, ...LOCAL_AWS });
});

afterAll(async () => {
  client.destroy();
  await dynamodb.close();
});

it('the table is made as the contract says, and making it again changes nothing', async () => {
  await createTable(client, 'a-table');
  const documents = DynamoDBDocumentClient.from(client);
  const Item = {
    pk: 'p',
    sk: 's',
    other: 1,
    mark: { version: 2 },
    duePk: 'd',
    dueSk: '1',
    gsi1pk: 'g',
    gsi1sk: '1',
  };
  await documents.send(new PutCommand({ TableName: 'a-table', Item }));
  await createTable(client, 'a-table');
  const query = async (IndexName: IndexName, value: string) => {
    const KeyConditionExpression = `${TABLE.indexes[IndexName].partitionKey} = :v`;
    const input = { TableName: 'a-table', IndexName, KeyConditionExpression };
    return (await documents.send(new QueryCommand({ ...input, ExpressionAttributeValues: { ':v': value } })))
      .Items;
  };
  expect(await query('gsi1', 'g')).toEqual([Item]);
  expect(await query('due', 'd')).toEqual([
    { pk: 'p', sk: 's', duePk: 'd', dueSk: '1', mark: { version: 2 } },
  ]);
});

it('a stored table with another index is refused, by name and with what to do', async () => {
  await createTable(client, 'old');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'old' }));
  await client.send(new DeleteTableCommand({ TableName: 'old' }));
  await expect.poll(() => describe('old')).toBe('gone');
  const GlobalSecondaryIndexes = Table?.GlobalSecondaryIndexes?.map(
    ({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection: IndexName === 'due' ? { ProjectionType: 'ALL' as const } : Projection,
    }),
  );
  const { AttributeDefinitions, KeySchema } = Table ?? {};
  const older = { TableName: 'old', AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
  await client.send(new CreateTableCommand({ ...older, BillingMode: 'PAY_PER_REQUEST' }));
  await expect(createTable(client, 'old')).rejects.toMatchObject({
    code: 'local-table-changed',
    data: { changed: ['due'] },
    message: expect.stringContaining('move the data directory away'),
  });
});

it('changes of one item at the same time are all made, and its indexes follow', async () => {
  await createTable(client, 'counted');
  const documents = DynamoDBDocumentClient.from(client);
  const Key = { pk: 'p', sk: 's' };
  const add = { TableName: 'counted', Key, ExpressionAttributeValues: { ':one': 1, ':g': 'g' } };
  const UpdateExpression = 'ADD n :one SET gsi1pk = :g, gsi1sk = :g';
  const adding = Array.from({ length: 50 }, () =>
    documents.send(new UpdateCommand({ ...add, UpdateExpression })),
  );
  await Promise.all(adding);
  const indexed = { TableName: 'counted', IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :g' };
  const find = () =>
    documents.send(new QueryCommand({ ...indexed, ExpressionAttributeValues: { ':g': 'g' } }));
  expect((await find()).Items).toEqual([{ ...Key, n: 50, gsi1pk: 'g', gsi1sk: 'g' }]);
  await documents.send(new DeleteCommand({ TableName: 'counted', Key }));
  expect((await find()).Items).toEqual([]);
});

it('a caller who hangs up in the middle of a request takes nothing down', async () => {
  const socket = connect(Number(new URL(dynamodb.endpoint).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":');
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await expect.poll(() => describe('nothing')).toBe('gone');
});

async function describe(TableName: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  } catch (error) {
    return (error as Error).name === 'ResourceNotFoundException' ? 'gone' : String(error);
  }
}

import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { EmbeddedDynamoDb } from '../embedded/dynamodb.ts';
import { LOCAL_AWS } from '../embedded/local-aws.ts';
import { type Answer, type Call, Upstream } from './wire.ts';

type Item = Record<string, AttributeValue>;

interface Change {
  readonly table: string;
  readonly key: Item;
  /** The item after the change; undefined when it was removed. */
  readonly image: Item | undefined;
  /** Unix ms from which indexes show it. */
  readonly dueAt: number;
}

interface WriteBody {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>
  >;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

/**
 * Indexes that follow their table late, as a global secondary index of DynamoDB does: a second, in-memory copy of
 * each table is brought up to date change by change, each after a delay of its own but in order for an item, and
 * reads of an index go there. So filters, projections, limits and cursors are the service's own, not an imitation.
 *
 * It sees the writes that come through it, with string keys, and does one at a time, so that it knows what each did.
 */
export class LaggingIndexes {
  readonly #service: Upstream;
  readonly #copy: EmbeddedDynamoDb;
  readonly #copyService: Upstream;
  readonly #truth: DynamoDBClient;
  readonly #late: DynamoDBClient;
  readonly #delayMs: () => number;
  readonly #keys = new Map<string, readonly string[]>();
  #pending: Change[] = [];
  #turn: Promise<unknown>;

  /**
   * `copy`: an empty database, closed with this. `after`: writes that began before and do not come through here; the
   * tables are copied when they are done.
   */
  constructor(service: Upstream, copy: EmbeddedDynamoDb, delayMs: () => number, after: Promise<unknown>) {
    this.#service = service;
    this.#copy = copy;
    this.#copyService = new Upstream(copy.endpoint);
    this.#truth = new DynamoDBClient({ endpoint: service.endpoint, ...LOCAL_AWS });
    this.#late = new DynamoDBClient({ endpoint: copy.endpoint, ...LOCAL_AWS });
    this.#delayMs = delayMs;
    this.#turn = after;
  }

  /** Whether an index has still to catch up. */
  get behind(): boolean {
    return this.#pending.length > 0;
  }

  static isWrite(call: Call): boolean {
    return WRITES.includes(call.operation);
  }

  static isIndexRead({ operation, body }: Call): boolean {
    return (operation === 'Query' || operation === 'Scan') && 'IndexName' in JSON.parse(body.toString());
  }

  write(call: Call): Promise<Answer> {
    return this.#inTurn(async () => {
      const written = writtenItems(JSON.parse(call.body.toString()) as WriteBody);
      for (const { table } of written) await this.#follow(table);
      const answer = await this.#service.send(call);
      if (answer.status === 200) for (const { table, item } of written) await this.#note(table, item);
      return answer;
    });
  }

  async read(call: Call): Promise<Answer> {
    const { TableName } = JSON.parse(call.body.toString()) as { TableName: string };
    await this.#inTurn(async () => {
      await this.#follow(TableName);
      await this.#catchUp(Date.now());
    });
    return this.#copyService.send(call);
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#truth.destroy();
    this.#late.destroy();
    this.#copyService.close();
    await this.#copy.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Copies a table the first time that it is met. */
  async #follow(table: string): Promise<void> {
    if (this.#keys.has(table)) return;
    const Table = await this.#describe(table);
    if (Table === undefined) return;
    await this.#late.send(new CreateTableCommand(sameTable(table, Table)));
    for await (const { Items = [] } of paginateScan({ client: this.#truth }, { TableName: table })) {
      for (const Item of Items) await this.#late.send(new PutItemCommand({ TableName: table, Item }));
    }
    this.#keys.set(
      table,
      (Table.KeySchema ?? []).map((key) => key.AttributeName ?? ''),
    );
  }

  /** Undefined for a table that does not exist: the service itself will say so to the caller. */
  async #describe(table: string): Promise<TableDescription | undefined> {
    try {
      return (await this.#truth.send(new DescribeTableCommand({ TableName: table }))).Table;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async #note(table: string, written: Item): Promise<void> {
    const names = this.#keys.get(table) ?? [];
    const key = Object.fromEntries(Object.entries(written).filter(([name]) => names.includes(name)));
    const read = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    const { Item: image } = await this.#truth.send(read);
    const earlier = this.#pending.findLast((change) => change.table === table && sameKey(change.key, key));
    const dueAt = Math.max(Date.now() + this.#delayMs(), earlier?.dueAt ?? 0);
    this.#pending.push({ table, key, image, dueAt });
  }

  async #catchUp(now: number): Promise<void> {
    const due = this.#pending.filter((change) => change.dueAt <= now);
    this.#pending = this.#pending.filter((change) => change.dueAt > now);
    for (const { table: TableName, key: Key, image: Item } of due) {
      await (Item === undefined
        ? this.#late.send(new DeleteItemCommand({ TableName, Key }))
        : this.#late.send(new PutItemCommand({ TableName, Item })));
    }
  }
}

/** What a write names, by table: whole items, or keys. */
function writtenItems(body: WriteBody): { table: string; item: Item }[] {
  if (body.RequestItems === undefined) {
    return [{ table: body.TableName ?? '', item: body.Item ?? body.Key ?? {} }];
  }
  return Object.entries(body.RequestItems).flatMap(([table, requests]) =>
    requests.map(({ PutRequest, DeleteRequest }) => ({
      table,
      item: PutRequest?.Item ?? DeleteRequest?.Key ?? {},
    })),
  );
}

function sameKey(one: Item, other: Item): boolean {
  return Object.entries(one).every(([name, value]) => value.S === other[name]?.S);
}

function sameTable(name: string, table: TableDescription): CreateTableCommandInput {
  const indexes = table.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    ...(indexes === undefined ? {} : { GlobalSecondaryIndexes: indexes }),
  };
}

import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { auditEntry, entryText } from '../../audit/entry.ts';
import { type AuditOrigin, isAudited, type NotAudited, type Trail } from '../../audit/event.ts';
import { type IndexName, TABLE } from '../../contract/table.ts';
import { TransientError } from '../../errors/errors.ts';
import { firstEntry, type HeldEntry, hasEntry, noteEntry } from './audit-attributes.ts';
import { type AuditedKey, canExist, type Key, type PlainKey } from './keys.ts';

export type Item = Readonly<Record<string, unknown>>;
type Write<T> = Omit<T, 'TableName' | 'Key' | 'Item'>;
type Condition = Pick<
  UpdateCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;
/** What a write must say of itself: of items with an audit log either an event, or why it is none. */
type TrailOf<K extends Key> = K extends AuditedKey ? Trail : NotAudited;

export interface IndexQuery {
  readonly index: IndexName;
  readonly partition: string;
  /** Bounds of the sort key, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly newestFirst: boolean;
  /** Goes on after this sort key (excluded), in the direction of the query. */
  readonly after?: string;
}

const BATCH_GET_LIMIT = 100;

/**
 * The one table, as the stores need it: consistent reads by key, conditional writes that answer whether they were
 * made, pages of an index. No error of the vendor leaves it.
 *
 * Every write says what it means for the audit trail. An item whose key is an `AuditedKey` carries its log: what
 * changes its state notes an entry in it, in the same write; such an item is never replaced or removed as a whole.
 */
export class TableClient {
  private readonly documents: DynamoDBDocumentClient;
  private readonly tableName: string;
  private readonly origin: () => AuditOrigin;
  private readonly now: () => number;

  /** `origin` tells where the write that is made right now comes from. */
  constructor(
    tableName: string,
    origin: () => AuditOrigin,
    client: DynamoDBClient = new DynamoDBClient({ maxAttempts: 8 }),
    now: () => number = Date.now,
  ) {
    this.tableName = tableName;
    this.origin = origin;
    this.now = now;
    this.documents = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
    });
  }

  /** Consistent; undefined when there is none, or when it has expired. */
  async get(key: Key): Promise<Item | undefined> {
    if (!canExist(key)) return undefined;
    const command = new GetCommand({ TableName: this.tableName, Key: key, ConsistentRead: true });
    const { Item: item } = await translated(() => this.documents.send(command));
    return item && this.isAlive(item) ? item : undefined;
  }

  /** Consistent; in no particular order, without those that are not there or (unless asked for) have expired. */
  async getMany(
    wanted: readonly Key[],
    { expired = false }: { readonly expired?: boolean } = {},
  ): Promise<Item[]> {
    const found: Item[] = [];
    let open = wanted.filter(canExist);
    while (open.length > 0) {
      const batch = open.slice(0, BATCH_GET_LIMIT);
      const request = { [this.tableName]: { Keys: batch, ConsistentRead: true } };
      const answer = await translated(() =>
        this.documents.send(new BatchGetCommand({ RequestItems: request })),
      );
      found.push(
        ...(answer.Responses?.[this.tableName] ?? []).filter((item) => expired || this.isAlive(item)),
      );
      const unprocessed = (answer.UnprocessedKeys?.[this.tableName]?.Keys ?? []) as Key[];
      open = [...open.slice(BATCH_GET_LIMIT), ...unprocessed];
    }
    return found;
  }

  /**
   * Puts a whole item; false when the condition did not hold. When an answer was lost and the SDK tried again, the
   * condition fails on our own write: then the id that every put leaves in the item tells whose it is.
   */
  async put(
    key: PlainKey,
    attributes: Item,
    _trail: NotAudited,
    write: Write<PutCommandInput> = {},
  ): Promise<boolean> {
    return this.putItem(key, attributes, write);
  }

  /** Puts it unless there is one with its key; false then. */
  putNew<K extends Key>(key: K, attributes: Item, trail: TrailOf<K>): Promise<boolean> {
    const entry = this.entryOf(key, trail);
    const noted = entry ? { ...attributes, ...firstEntry(key, entry) } : attributes;
    return this.putItem(key, noted, { ConditionExpression: 'attribute_not_exists(pk)' });
  }

  /**
   * Replaces all that stores keep in an item with a log, which stays: what is not among `attributes` goes, as far as
   * it is the key of an index, a mark or an expiry. False when the condition did not hold.
   */
  async replace(
    key: AuditedKey,
    attributes: Item,
    trail: Trail,
    condition: Condition = {},
  ): Promise<boolean> {
    const set = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const gone = REPLACED.filter((name) => attributes[name] === undefined);
    const names = [...set.map(([name]) => name), ...gone].map((name) => [`#r_${name}`, name]);
    return this.update(
      key,
      {
        ...condition,
        UpdateExpression: [
          `SET ${set.map(([name]) => `#r_${name} = :r_${name}`).join(', ')}`,
          `REMOVE ${gone.map((name) => `#r_${name}`).join(', ')}`,
        ].join(' '),
        ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, ...Object.fromEntries(names) },
        ExpressionAttributeValues: {
          ...condition.ExpressionAttributeValues,
          ...Object.fromEntries(set.map(([name, value]) => [`:r_${name}`, value])),
        },
      },
      trail,
    );
  }

  /** False when the condition did not hold. */
  async update<K extends Key>(key: K, write: Write<UpdateCommandInput>, trail: TrailOf<K>): Promise<boolean> {
    return (await this.updated(key, write, trail)) !== undefined;
  }

  /**
   * The item after the update; undefined when the condition did not hold. Of an update that notes an entry it is
   * known whether it was made, even when its answer was lost.
   */
  async updated<K extends Key>(
    key: K,
    write: Write<UpdateCommandInput>,
    trail: TrailOf<K>,
  ): Promise<Item | undefined> {
    const entry = this.entryOf(key, trail);
    const command = new UpdateCommand({
      TableName: this.tableName,
      Key: key,
      ReturnValues: 'ALL_NEW',
      ...(entry ? withEntry(key, write, entry) : write),
    });
    const result = await conditional(() => this.documents.send(command));
    if (result.held) return result.answer.Attributes;
    if (!entry || !result.retried) return undefined;
    const stored = await this.get(key);
    return stored && hasEntry(stored, entry) ? stored : undefined;
  }

  async remove(key: PlainKey, _trail: NotAudited): Promise<void> {
    await translated(() => this.documents.send(new DeleteCommand({ TableName: this.tableName, Key: key })));
  }

  private async putItem(key: Key, attributes: Item, write: Write<PutCommandInput>): Promise<boolean> {
    const writeId = randomUUID();
    const command = new PutCommand({
      TableName: this.tableName,
      Item: { ...attributes, ...key, writeId },
      ...write,
    });
    const result = await conditional(() => this.documents.send(command));
    if (result.held || !result.retried) return result.held;
    return (await this.get(key))?.['writeId'] === writeId;
  }

  private entryOf({ pk, sk }: Key, trail: Trail): HeldEntry | undefined {
    if (!isAudited(trail)) return undefined;
    const nonce = randomUUID().replaceAll('-', '');
    const entry = auditEntry(trail, { at: this.now(), nonce, from: this.origin(), item: { pk, sk } });
    return { id: entry.id, text: entryText(entry) };
  }

  /** All items of a partition of the table, or those whose sort key begins so, in its order. Consistent. */
  async list(pk: string, skPrefix?: string): Promise<Item[]> {
    if (!canExist({ pk, sk: skPrefix ?? '' })) return [];
    // The table takes no empty text for a key, not even to begin with.
    const condition = skPrefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :sk)';
    const items: Item[] = [];
    for await (const page of this.pages({
      KeyConditionExpression: condition,
      ExpressionAttributeValues: { ':pk': pk, ...(skPrefix !== undefined && { ':sk': skPrefix }) },
      ConsistentRead: true,
    })) {
      items.push(...page);
    }
    return items;
  }

  /** The last items of a partition of the table, last first, those before a sort key. Consistent. */
  async last(pk: string, limit: number, before?: string): Promise<Item[]> {
    // The table takes no limit of nothing.
    if (limit < 1) return [];
    const command = new QueryCommand({
      TableName: this.tableName,
      KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
      ExpressionAttributeValues: { ':pk': pk, ...(before !== undefined && { ':before': before }) },
      ScanIndexForward: false,
      Limit: limit,
      ConsistentRead: true,
    });
    const { Items = [] } = await translated(() => this.documents.send(command));
    return Items.filter((item) => this.isAlive(item));
  }

  /** Items of an index, page by page, as late as the caller asks for them. Not consistent. */
  async *query(query: IndexQuery, pageSize = 100): AsyncGenerator<Item, void, void> {
    const { sk } = indexKeys(query.index);
    const expression = indexExpression(query);
    // The table calls a range that ends before it begins an error.
    const { ':from': from, ':to': to } = expression.ExpressionAttributeValues;
    if (from > to || !canExist({ pk: query.partition, sk: from })) return;
    for await (const page of this.pages({ ...expression, Limit: pageSize })) {
      // A range of keys includes its ends, and a list goes on *after* the last item that was seen.
      for (const item of page) if (item[sk] !== query.after) yield item;
    }
  }

  /** DynamoDB removes what has expired when it finds the time; for readers it is gone at once. */
  private isAlive(item: Item): boolean {
    const expiresAt = item[TABLE.expiryAttribute];
    return typeof expiresAt !== 'number' || expiresAt * 1000 > this.now();
  }

  private async *pages(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item[], void, void> {
    let start: QueryCommandInput['ExclusiveStartKey'];
    do {
      const command = new QueryCommand({ TableName: this.tableName, ...input, ExclusiveStartKey: start });
      const page = await translated(() => this.documents.send(command));
      yield (page.Items ?? []).filter((item) => this.isAlive(item));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
}

/** What a store does not name when it replaces an item, and what must not stay behind. */
const REPLACED = [
  'gsi1pk',
  'gsi1sk',
  'gsi2pk',
  'gsi2sk',
  'gsi3pk',
  'gsi3sk',
  'mark',
  'duePk',
  'dueSk',
  TABLE.expiryAttribute,
];

/** An update that notes an entry beside what it does. */
function withEntry(key: Key, write: Write<UpdateCommandInput>, entry: HeldEntry): Write<UpdateCommandInput> {
  const { sets, names, values } = noteEntry(key, entry);
  const { UpdateExpression = '' } = write;
  const set = `SET ${sets.join(', ')}`;
  return {
    ...write,
    UpdateExpression: UpdateExpression.startsWith('SET ')
      ? `${set}, ${UpdateExpression.slice('SET '.length)}`
      : `${set} ${UpdateExpression}`,
    ExpressionAttributeNames: { ...write.ExpressionAttributeNames, ...names },
    ExpressionAttributeValues: { ...write.ExpressionAttributeValues, ...values },
  };
}

/** The lowest and highest sort keys there can be (those of ours are ASCII). */
const LOWEST = ' ';
const HIGHEST = '\u{10ffff}';

function indexExpression(query: IndexQuery) {
  const { index, partition, newestFirst, after } = query;
  const { pk, sk } = indexKeys(index);
  const from = !newestFirst && after !== undefined ? after : (query.from ?? LOWEST);
  const to = newestFirst && after !== undefined ? after : (query.to ?? HIGHEST);
  const names = { '#pk': pk, '#sk': sk };
  const values = { ':pk': partition, ':from': from, ':to': to };
  return {
    IndexName: index,
    KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ScanIndexForward: !newestFirst,
  } satisfies Omit<QueryCommandInput, 'TableName'>;
}

type Conditional<T> =
  | { readonly held: true; readonly answer: T; readonly retried?: never }
  | { readonly held: false; readonly answer?: never; readonly retried: boolean };

function indexKeys(index: IndexName): { readonly pk: string; readonly sk: string } {
  const { partitionKey, sortKey } = TABLE.indexes[index];
  return { pk: partitionKey, sk: sortKey };
}

async function conditional<T>(write: () => Promise<T>): Promise<Conditional<T>> {
  try {
    return { held: true, answer: await translated(write) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { held: false, retried: (error.$metadata.attempts ?? 1) > 1 };
  }
}

/** A failed condition is an answer and is left to the caller; every other trouble of the vendor's becomes ours. */
async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    if (isPassing(error))
      throw new TransientError('table-unavailable', 'The table did not answer; try again.', { cause: error });
    throw error;
  }
}

/** Beside the one that has a class of its own. */
const THROTTLES = ['ThrottlingException', 'RequestLimitExceeded'];
const NETWORK_TROUBLES = ['TimeoutError', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

function isPassing(error: unknown): boolean {
  if (error instanceof ProvisionedThroughputExceededException) return true;
  if (error instanceof DynamoDBServiceException) {
    return error.$fault === 'server' || THROTTLES.includes(error.name) || error.$retryable !== undefined;
  }
  return error instanceof Error && NETWORK_TROUBLES.includes(errorName(error));
}

function errorName(error: Error & { readonly code?: string }): string {
  return error.code ?? error.name;
}

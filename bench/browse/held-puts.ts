import { DynamoDBClient, type DynamoDBClientConfig, type ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../../shared/adapters/dynamodb/keys.ts';
import type { Item } from '../../shared/adapters/dynamodb/table-client.ts';
import { inParallel } from '../../shared/concurrency/in-parallel.ts';

/** What one request may write. */
const BATCH = 25;
const REQUESTS = 4;
const IS_NEW = 'attribute_not_exists(pk)';
const ONLY_REMOVES = /^REMOVE (#?\w+(?:, #?\w+)*)$/;

/** The parts of requests that are looked at. */
interface Request {
  readonly Item?: Item;
  readonly Key?: Key;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

/**
 * Holds back what document clients of `client` put, until `flush` writes it in batches: each item once, as it is then.
 * Gets see what is held, and an update that only removes attributes is made to it; before everything else all is
 * written. It is for items that the table does not have: that an item must be new is held against what is held alone.
 */
export class HeldPuts {
  readonly client: DynamoDBClient;
  readonly #items = new Map<string, Item>();
  readonly #direct: DynamoDBClient;
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  #writing = Promise.resolve();

  constructor(config: DynamoDBClientConfig, tableName: string) {
    this.#tableName = tableName;
    this.client = new DynamoDBClient(config);
    this.#direct = new DynamoDBClient(config);
    this.#documents = DynamoDBDocumentClient.from(this.#direct, {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const output = this.#answer(commandName, args.input as Request);
          if (output) return { output: output as ServiceOutputTypes, response: undefined };
          await this.flush();
          return next(args);
        },
      { step: 'initialize', name: 'heldPuts' },
    );
  }

  /** Writes all that is held. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  /** What is held is lost. */
  close(): void {
    this.client.destroy();
    this.#direct.destroy();
  }

  async #writeAll(): Promise<void> {
    const items = [...this.#items.values()];
    this.#items.clear();
    const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
      items.slice(index * BATCH, (index + 1) * BATCH),
    );
    await inParallel(batches, REQUESTS, (batch) => this.#write(batch));
  }

  async #write(items: readonly Item[]): Promise<void> {
    const puts = items.map((item) => ({ PutRequest: { Item: item } }));
    const command = new BatchWriteCommand({ RequestItems: { [this.#tableName]: puts } });
    const { UnprocessedItems = {} } = await this.#documents.send(command);
    const left = UnprocessedItems[this.#tableName]?.length ?? 0;
    if (left > 0) throw new Error(`the table left ${left} of ${items.length} items of a batch unwritten`);
  }

  /** Undefined where the table itself must answer. */
  #answer(command: string, request: Request): object | undefined {
    if (command === 'PutItemCommand') return this.#put(request);
    const item = request.Key && this.#items.get(nameOf(request.Key));
    if (!item) return undefined;
    if (command === 'GetItemCommand') return { Item: item };
    return command === 'UpdateItemCommand' ? this.#remove(item, request) : undefined;
  }

  #put({ Item: item, ConditionExpression: condition }: Request): object | undefined {
    if (!item) return undefined;
    const name = nameOf(item);
    const fits = condition === undefined || (condition === IS_NEW && !this.#items.has(name));
    if (!fits) return undefined;
    this.#items.set(name, item);
    return {};
  }

  #remove(item: Item, request: Request): object | undefined {
    const [, list] = ONLY_REMOVES.exec(request.UpdateExpression ?? '') ?? [];
    if (list === undefined || request.ConditionExpression !== undefined) return undefined;
    const names = list.split(', ').map((name) => request.ExpressionAttributeNames?.[name] ?? name);
    const left = Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));
    this.#items.set(nameOf(item), left);
    return { Attributes: left };
  }
}

function nameOf({ pk, sk }: Item | Key): string {
  return JSON.stringify([pk, sk]);
}

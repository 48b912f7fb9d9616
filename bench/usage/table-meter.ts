import { type Answer, type Call, Upstream, withBody } from '../../local/faults/wire.ts';
import { readUnits, writeUnits } from './capacity.ts';
import type { WireItem } from './item-size.ts';

interface Request {
  readonly TableName?: string;
  readonly Key?: WireItem;
  readonly Item?: WireItem;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];

/**
 * Stands before DynamoDB and counts the units of every call, as AWS bills them. Around a write it reads the item: what
 * it was and what it became decide which indexes were written. Two writes of one item at the same moment may each be
 * told of the other's.
 */
export class TableMeter {
  readonly #service: Upstream;
  readUnits = 0;
  writeUnits = 0;
  reads = 0;
  writes = 0;

  constructor(endpoint: string) {
    this.#service = new Upstream(endpoint);
  }

  async handle(call: Call): Promise<Answer> {
    const request = JSON.parse(call.body.toString()) as Request;
    if (WRITES.includes(call.operation)) return this.#write(call, request);
    const answer = await this.#service.send(call);
    if (answer.status === 200) this.#countReads(call.operation, request, answer);
    return answer;
  }

  close(): void {
    this.#service.close();
  }

  async #write(call: Call, { TableName, Key, Item }: Request): Promise<Answer> {
    const key = Key ?? keyOf(Item ?? {});
    const look = () => this.#look(call, { TableName, Key: key, ConsistentRead: true });
    const before = await look();
    const answer = await this.#service.send(call);
    // A condition that does not hold costs what the write would have cost in the table.
    const after = answer.status === 200 ? await look() : before;
    this.writes += 1;
    this.writeUnits += writeUnits(before, after);
    return answer;
  }

  async #look(call: Call, request: object): Promise<WireItem | undefined> {
    const headers = { ...call.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const { body } = await this.#service.send(withBody({ ...call, headers }, request));
    return (JSON.parse(body.toString()) as { Item?: WireItem }).Item;
  }

  #countReads(operation: string, request: Request, answer: Answer): void {
    const body = JSON.parse(answer.body.toString()) as {
      readonly Item?: WireItem;
      readonly Items?: readonly WireItem[];
      readonly Responses?: Readonly<Record<string, readonly WireItem[]>>;
    };
    this.reads += 1;
    if (operation === 'BatchGetItem') {
      for (const [table, items] of Object.entries(body.Responses ?? {})) {
        const consistent = request.RequestItems?.[table]?.ConsistentRead ?? false;
        for (const item of items) this.readUnits += readUnits([item], consistent);
      }
      return;
    }
    const items = body.Items ?? (body.Item ? [body.Item] : []);
    this.readUnits += readUnits(items, request.ConsistentRead ?? false);
  }
}

function keyOf(item: WireItem): WireItem {
  const { pk, sk } = item;
  if (!pk || !sk) throw new Error('an item without its key');
  return { pk, sk };
}

import type { Block } from '../../audit/block.ts';
import { entryHash } from '../../audit/entry.ts';
import type { AuditChain, HeldLog, HeldLogs, SealLedger } from '../../audit/seal-entries.ts';
import { LOG_LENGTH } from '../../audit/verify-log.ts';
import { entryAttribute, heldEntries, sealedOf } from './audit-attributes.ts';
import { INDEX_SHARDS, type Key, keys, partitions } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

const SEALING = { notAudited: 'the audit trail itself' };

/** The chain: an item for each block, put once. The newest is found by its key, in one consistent read. */
export class AuditChainStore implements AuditChain {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async head(): Promise<Block | undefined> {
    const [head] = await this.table.last(keys.auditBlock(0).pk, 1);
    return head && blockOf(head);
  }

  append(block: Block): Promise<boolean> {
    return this.table.putNew(keys.auditBlock(block.block), { ...block }, SEALING);
  }

  /** Blocks of the chain by their numbers, both ends included; those that are there. */
  async range(first: number, last: number): Promise<Block[]> {
    const count = Math.max(0, last - first + 1);
    const wanted = [...Array(count).keys()].map((index) => keys.auditBlock(first + index));
    const blocks = (await this.table.getMany(wanted)).map(blockOf);
    return blocks.sort((a, b) => a.block - b.block);
  }
}

/** The logs in the items, and which of them hold something. */
export class HeldLogStore implements HeldLogs {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async list(limit: number): Promise<Key[]> {
    const shards = await Promise.all(
      [...Array(INDEX_SHARDS).keys()].map((shard) => this.listShard(shard, limit)),
    );
    return shards
      .flat()
      .sort((a, b) => (a.oldest < b.oldest ? -1 : 1))
      .slice(0, limit)
      .map(({ key }) => key);
  }

  /** Also of items that have expired: what they hold is sealed as long as it is there. */
  async read(items: readonly Key[]): Promise<HeldLog[]> {
    const found = await this.table.getMany(items, { expired: true });
    return found.map((item) => ({
      item: keyOf(item),
      held: heldEntries(item),
      sealed: sealedOf(item),
      writes: Number(item['auditWrites'] ?? 0),
    }));
  }

  noteSealed(log: HeldLog, blockOf: ReadonlyMap<string, number>): Promise<boolean> {
    const { held, sealed, writes } = log as HeldLog & { readonly writes: number };
    const newly = held.flatMap(({ id, text }) => {
      const hash = entryHash(text);
      const block = blockOf.get(hash);
      return block === undefined ? [] : [{ id, hash, block }];
    });
    const [oldest] = held.filter(({ id }) => !newly.some((one) => one.id === id));
    const receipts = [...sealed, ...newly].map(({ block, hash }) => `${block}:${hash}`);
    const gone = newly.map(({ id }, index) => [`#e${index}`, entryAttribute(id)] as const);
    const removes = [...gone.map(([name]) => name), ...(oldest ? [] : ['auditPk', 'auditSk'])];
    return this.table.update(
      log.item,
      {
        UpdateExpression: [
          `SET auditLog = :log${oldest ? ', auditSk = :oldest' : ''}`,
          ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
        ].join(' '),
        // Whoever notes an entry counts: nothing is taken out of the index that was noted since it was read.
        ConditionExpression: 'auditWrites = :seen',
        ...(gone.length > 0 && { ExpressionAttributeNames: Object.fromEntries(gone) }),
        ExpressionAttributeValues: {
          ':log': [...new Set(receipts)].slice(-LOG_LENGTH),
          ':seen': writes,
          ...(oldest && { ':oldest': oldest.id }),
        },
      },
      SEALING,
    );
  }

  private async listShard(shard: number, limit: number) {
    const query = { index: 'audit', partition: partitions.unsealed(shard), newestFirst: false } as const;
    const items: { readonly key: Key; readonly oldest: string }[] = [];
    for await (const item of this.table.query(query, Math.min(limit, 1_000))) {
      items.push({ key: keyOf(item), oldest: String(item['auditSk']) });
      if (items.length >= limit) break;
    }
    return items;
  }
}

/** Up to which block items know what was sealed. */
export function sealLedger(table: TableClient): SealLedger {
  return {
    async read() {
      const item = await table.get(keys.auditLedger());
      if (item?.['block'] === undefined) return undefined;
      return { block: Number(item['block']), hash: String(item['hash']) };
    },
    async note({ block, hash }) {
      await table.update(
        keys.auditLedger(),
        {
          UpdateExpression: 'SET #block = :block, #hash = :hash',
          ConditionExpression: 'attribute_not_exists(#block) OR #block < :block',
          ExpressionAttributeNames: { '#block': 'block', '#hash': 'hash' },
          ExpressionAttributeValues: { ':block': block, ':hash': hash },
        },
        SEALING,
      );
    },
  };
}

function blockOf(item: Item): Block {
  const { block, hash, sealedAt, longestWaitMs, previous, hashes, entries } = item as unknown as Block;
  return { block, hash, sealedAt, longestWaitMs, previous, hashes, entries };
}

function keyOf({ pk, sk }: Item): Key {
  return { pk: String(pk), sk: String(sk) };
}

import type { Mark } from '../../messages/mark.ts';
import type { DueItem, DueItems } from '../../messages/sweep.ts';
import { INDEX_SHARDS, type Key, partitions, timeKey } from './keys.ts';
import { dueKey } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

const SAME_MARK = '#mark.#version = :version AND #mark.#sends = :sends';

/** What is due, from the sparse index. */
export function dueItems(table: TableClient): DueItems {
  return {
    async list(now, limit) {
      const shards = await Promise.all(
        [...Array(INDEX_SHARDS).keys()].map((shard) => listShard(table, shard, now, limit)),
      );
      return shards
        .flat()
        .sort((a, b) => a.mark.dueAt - b.mark.dueAt)
        .slice(0, limit);
    },
    postpone({ key, mark }, dueAt) {
      const itemKey = JSON.parse(key) as Key;
      return table.update(
        itemKey,
        {
          UpdateExpression: 'SET #mark.#sends = #mark.#sends + :one, #mark.#dueAt = :dueAt, dueSk = :dueSk',
          ConditionExpression: SAME_MARK,
          ExpressionAttributeNames: {
            '#mark': 'mark',
            '#version': 'version',
            '#sends': 'sends',
            '#dueAt': 'dueAt',
          },
          ExpressionAttributeValues: {
            ':version': mark.version,
            ':sends': mark.sends,
            ':one': 1,
            ':dueAt': dueAt,
            ':dueSk': dueKey(itemKey, dueAt),
          },
        },
        { notAudited: 'a message is sent again' },
      );
    },
  };
}

async function listShard(table: TableClient, shard: number, now: number, limit: number): Promise<DueItem[]> {
  const items: DueItem[] = [];
  const query = {
    index: 'due',
    partition: partitions.due(shard),
    to: timeKey(now, '~'),
    newestFirst: false,
  } as const;
  for await (const item of table.query(query)) {
    items.push(toDueItem(item));
    if (items.length >= limit) break;
  }
  return items;
}

function toDueItem(item: Item): DueItem {
  const { pk, sk, mark } = item as unknown as Key & { readonly mark: Mark };
  return { key: JSON.stringify({ pk, sk }), mark };
}

import { TABLE } from '../../contract/table.ts';
import type { IndexQuery, Item, TableClient } from './table-client.ts';

/** One item of a merged list, with its place in it. */
export interface Placed {
  readonly item: Item;
  /** The sort key: the same in every partition that is merged. */
  readonly place: string;
}

export type PartitionQuery = Omit<IndexQuery, 'newestFirst'>;

/** Several partitions of an index as one list, newest first; each is read only as far as it is asked for. */
export async function* newestFirst(
  table: TableClient,
  queries: readonly PartitionQuery[],
  pageSize: number,
): AsyncGenerator<Placed, void, void> {
  const sources = queries.map((query) => ({
    sortKey: TABLE.indexes[query.index].sortKey,
    items: table.query({ ...query, newestFirst: true }, pageSize),
  }));
  const heads = await Promise.all(sources.map(next));
  for (;;) {
    const newest = indexOfNewest(heads);
    const head = heads[newest];
    if (!head) return;
    yield head;
    heads[newest] = await next(sources[newest] as (typeof sources)[number]);
  }
}

interface Source {
  readonly sortKey: string;
  readonly items: AsyncGenerator<Item, void, void>;
}

async function next({ items, sortKey }: Source): Promise<Placed | undefined> {
  const { value, done } = await items.next();
  return done || !value ? undefined : { item: value, place: String(value[sortKey]) };
}

function indexOfNewest(heads: readonly (Placed | undefined)[]): number {
  return heads.reduce((best, head, index) => {
    const newest = heads[best];
    return head && (!newest || head.place > newest.place) ? index : best;
  }, 0);
}

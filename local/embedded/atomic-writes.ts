import dynaliteStore, { type IndexActions, type Operation, type Table } from 'dynalite/db/index.js';

/**
 * Makes dynalite write an item and its index entries in one LevelDB batch. By itself it writes them one after the
 * other, and a `kill -9` in between leaves an item that no index shows, for ever: the sweeper would never find it.
 *
 * dynalite (pinned to 4.0.0) changes the indexes and then, within the call of `done`, puts or deletes the item: that
 * one write is turned into the batch. Should another version do it otherwise, the first write says so.
 */
export function writeItemsWithTheirIndexes(): void {
  dynaliteStore.updateIndexes = ({ db }, table, before, after, done) => {
    const indexes = table.GlobalSecondaryIndexes ?? [];
    const changes = operations(table, dynaliteStore.getIndexActions(indexes, before, after, table));
    const { put, del } = db;
    let written = false;
    const write = (item: Operation, then: typeof done) => {
      written = true;
      db.batch([...changes, item], then);
    };
    db.put = (key, value, then) => write({ type: 'put', key, value }, then);
    db.del = (key, then) => write({ type: 'del', key }, then);
    try {
      done();
    } finally {
      Object.assign(db, { put, del });
    }
    if (!written)
      throw new Error('dynalite did not write the item where it is expected: see atomic-writes.ts');
  };
}

function operations({ TableName }: Table, { puts, deletes }: IndexActions): Operation[] {
  const at = (index: string, key: string) => `index-global~${TableName}~${index}~${key}`;
  return [
    ...deletes.map(({ index, key }): Operation => ({ type: 'del', key: at(index, key) })),
    ...puts.map(({ index, key, item }): Operation => ({ type: 'put', key: at(index, key), value: item })),
  ];
}

import dynaliteStore from 'dynalite/db/index.js';

const { create } = dynaliteStore;

/**
 * Makes dynalite read an item at once instead of by a thread. LevelDB has what was just written in memory, and waking
 * a thread for it (twice for each request: the table, the item) takes longer than all the rest of the request.
 */
export function readWithoutThreads(): void {
  dynaliteStore.create = (options) => {
    const store = create(options);
    const { db } = store;
    db._get = async (key, options) => db._getSync(key, options);
    return store;
  };
}

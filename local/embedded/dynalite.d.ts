declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Directory of the LevelDB store; in memory without it. */
    readonly path?: string;
    /** Milliseconds that a table stays CREATING. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}

/** dynalite's own store; only what ./atomic-writes.ts and ./quick-reads.ts need of it. */
declare module 'dynalite/db/index.js' {
  export interface Table {
    readonly TableName: string;
    readonly GlobalSecondaryIndexes?: readonly object[];
  }

  export type Done = (error?: unknown) => void;

  export type Operation =
    | { readonly type: 'put'; readonly key: string; readonly value: object }
    | { readonly type: 'del'; readonly key: string };

  export interface Level {
    /** What the level asks its store for, once it is open. */
    _get(key: unknown, options: unknown): Promise<unknown>;
    _getSync(key: unknown, options: unknown): unknown;
    put(key: string, value: object, done: Done): void;
    del(key: string, done: Done): void;
    batch(operations: readonly Operation[], done: Done): void;
  }

  export interface IndexActions {
    readonly puts: readonly { readonly index: string; readonly key: string; readonly item: object }[];
    readonly deletes: readonly { readonly index: string; readonly key: string }[];
  }

  interface Store {
    create(options: object): { readonly db: Level };
    getIndexActions(
      indexes: readonly object[],
      before: object | null | undefined,
      after: object | null,
      table: Table,
    ): IndexActions;
    updateIndexes(
      store: { readonly db: Level },
      table: Table,
      before: object | null | undefined,
      after: object | null,
      done: Done,
    ): void;
  }

  const store: Store;
  export default store;
}

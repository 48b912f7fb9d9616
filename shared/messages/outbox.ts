import type { Mark } from './mark.ts';

/** What is to be sent of an item. */
export interface Letter {
  /** Tells the sends of one item from those of another where a queue drops duplicates. */
  readonly itemId: string;
  readonly mark: Mark;
}

/** Sends the messages of marks that were just written. One may be lost all the same: the sweeper sends it again. */
export interface Outbox {
  /** In few requests, however many they are; those of one group in the order given. */
  send(...letters: readonly Letter[]): Promise<void>;
}

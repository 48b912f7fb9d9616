import type { Mark } from './mark.ts';

/** Sends the message of a mark that was just written. It may be lost all the same: the sweeper sends it again. */
export interface Outbox {
  /** `itemId` tells the sends of one item from those of another where a queue drops duplicates. */
  send(itemId: string, mark: Mark): Promise<void>;
}

import type { Mark } from '../../messages/mark.ts';
import { type Key, partitions, shardOf, timeKey } from './keys.ts';

/** The mark of an item, and what makes the sparse index find it when it is due. */
export function markAttributes(key: Key, mark: Mark): Record<string, unknown> {
  return { mark, duePk: partitions.due(shardOf(key.pk)), dueSk: dueKey(key, mark.dueAt) };
}

/** Takes a mark away; `#mark` names `mark`. */
export const REMOVE_MARK = 'REMOVE #mark, duePk, dueSk';

/** Oldest first; `dueAt` in unix milliseconds. */
export function dueKey(key: Key, dueAt: number): string {
  return timeKey(dueAt, `${key.pk}#${key.sk}`);
}

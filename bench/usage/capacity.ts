import { TABLE } from '../../shared/contract/table.ts';
import { itemBytes, type WireItem } from './item-size.ts';

const WRITE_UNIT = 1024;
const READ_UNIT = 4096;

type IndexSpec = (typeof TABLE.indexes)[keyof typeof TABLE.indexes];

/** Units of a write that found the item so (undefined: none) and left it so, those of all indexes included. */
export function writeUnits(before: WireItem | undefined, after: WireItem | undefined): number {
  const indexes = Object.values(TABLE.indexes);
  return indexes.reduce((sum, index) => sum + indexUnits(index, before, after), unitsOf(before, after));
}

/** Units of what was read in one request (one get, or one page of a query). */
export function readUnits(items: readonly WireItem[], consistent: boolean): number {
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  return Math.max(1, Math.ceil(bytes / READ_UNIT)) * (consistent ? 1 : 0.5);
}

/** Bytes that an item takes in the table and in its indexes; an index adds 100 to each of its own. */
export function storedBytes(item: WireItem): number {
  const OVERHEAD = 100;
  const indexes: readonly IndexSpec[] = Object.values(TABLE.indexes);
  const copies = indexes.map((index) => projected(index, item)).filter((copy) => copy !== undefined);
  return copies.reduce((sum, copy) => sum + itemBytes(copy) + OVERHEAD, itemBytes(item) + OVERHEAD);
}

/** An index is written when what it shows of the item changes; a change of its key is a delete and a put. */
function indexUnits(index: IndexSpec, before: WireItem | undefined, after: WireItem | undefined): number {
  const [old, new_] = [before && projected(index, before), after && projected(index, after)];
  if (JSON.stringify(old) === JSON.stringify(new_)) return 0;
  if (!old || !new_ || keyOf(index, old) === keyOf(index, new_)) return unitsOf(old, new_);
  return unitsOf(old, undefined) + unitsOf(undefined, new_);
}

function unitsOf(...items: readonly (WireItem | undefined)[]): number {
  const bytes = Math.max(0, ...items.map((item) => (item ? itemBytes(item) : 0)));
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT));
}

function keyOf({ partitionKey, sortKey }: IndexSpec, item: WireItem): string {
  return JSON.stringify([item[partitionKey], item[sortKey]]);
}

/** What of an item an index holds, names in order; undefined when the item is not in it. */
function projected(index: IndexSpec, item: WireItem): WireItem | undefined {
  if (!(index.partitionKey in item) || !(index.sortKey in item)) return undefined;
  const names =
    index.projection === 'all'
      ? Object.keys(item)
      : [TABLE.partitionKey, TABLE.sortKey, index.partitionKey, index.sortKey, ...index.projection];
  const shown = [...new Set(names)].sort().flatMap((name) => {
    const value = item[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(shown);
}

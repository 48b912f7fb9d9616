import { entryHash } from '../../audit/entry.ts';
import { type Key, partitions, shardOf } from './keys.ts';
import type { Item } from './table-client.ts';

/**
 * The audit log of an item, in the item. Each entry that is not sealed yet has an attribute of its own, named by its
 * id: so a write that is sent twice notes it once, and no write has to read the log. `auditWrites` grows with each
 * such write; `auditPk` and `auditSk` (the oldest entry's id) make the sparse index find the item. What is sealed
 * goes, and leaves its hash and the number of its block in `auditLog`.
 */
const ENTRY = 'audit:';

/** An entry that an item holds and nobody has sealed. */
export interface HeldEntry {
  readonly id: string;
  readonly text: string;
}

export function entryAttribute(id: string): string {
  return ENTRY + id;
}

/** A new item's first entry. */
export function firstEntry(key: Key, { id, text }: HeldEntry): Item {
  return { [ENTRY + id]: text, auditWrites: 1, auditPk: partitions.unsealed(shardOf(key.pk)), auditSk: id };
}

/** What an update sets to note an entry, and the names and values that it uses. */
export function noteEntry(key: Key, { id, text }: HeldEntry) {
  return {
    sets: [
      '#audit = :audit',
      'auditWrites = if_not_exists(auditWrites, :auditZero) + :auditOne',
      'auditPk = :auditPk',
      'auditSk = if_not_exists(auditSk, :auditId)',
    ],
    names: { '#audit': ENTRY + id },
    values: {
      ':audit': text,
      ':auditZero': 0,
      ':auditOne': 1,
      ':auditPk': partitions.unsealed(shardOf(key.pk)),
      ':auditId': id,
    },
  };
}

/** Whether an entry was noted in an item, be it sealed by now or not. */
export function hasEntry(item: Item, { id, text }: HeldEntry): boolean {
  if (item[ENTRY + id] === text) return true;
  const hash = entryHash(text);
  return sealedOf(item).some((receipt) => receipt.hash === hash);
}

/** What nobody has sealed yet, oldest first. */
export function heldEntries(item: Item): HeldEntry[] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(ENTRY))
    .map(([name, text]) => ({ id: name.slice(ENTRY.length), text: String(text) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A sealed entry, as its item remembers it. */
interface Receipt {
  readonly block: number;
  readonly hash: string;
}

const RECEIPT = /^(\d+):([0-9a-f]{64})$/;

/** The last entries of an item that were sealed, oldest first. */
export function sealedOf(item: Item): Receipt[] {
  const receipts = (item['auditLog'] ?? []) as readonly string[];
  return receipts.flatMap((text) => {
    const [, block, hash] = RECEIPT.exec(text) ?? [];
    return block === undefined || hash === undefined ? [] : [{ block: Number(block), hash }];
  });
}

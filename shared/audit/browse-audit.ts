import type { Block } from './block.ts';
import { type AuditEntry, parseEntry } from './entry.ts';

/** The chain, to be read. */
export interface AuditBlocks {
  /** Consistent. */
  head(): Promise<Block | undefined>;
  /** Blocks by their numbers, both included, in their order; those that are there. */
  range(first: number, last: number): Promise<Block[]>;
}

export interface AuditFilter {
  /** Unix milliseconds, both included. */
  readonly since?: number;
  readonly until?: number;
  readonly actor?: string;
  readonly app?: string;
  readonly env?: string;
  /** Whole, or its first words: `release` for all of releases. */
  readonly action?: string;
  readonly object?: string;
}

/** An entry, and where it is sealed. */
export interface SealedAuditEntry extends AuditEntry {
  readonly block: number;
  readonly hash: string;
}

export interface AuditPage {
  readonly items: readonly SealedAuditEntry[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

const BLOCKS_AT_ONCE = 10;
/** Blocks that one page looks through; what was looked for in vain is gone on with by the next page. */
const MOST_BLOCKS = 400;
const MOST_ENTRIES = 20_000;

/** A page of the trail, the last sealed first. A page may be empty and have a next one. */
export async function browseAudit(
  blocks: AuditBlocks,
  filter: AuditFilter,
  page: { readonly limit: number; readonly after?: string },
): Promise<AuditPage> {
  const start = await startOf(blocks, filter, page.after);
  const items: SealedAuditEntry[] = [];
  let seen = 0;
  for (let top = start.block; top > 0; top -= BLOCKS_AT_ONCE) {
    const bottom = Math.max(1, top - BLOCKS_AT_ONCE + 1);
    const found = await blocks.range(bottom, top);
    for (const block of found.toReversed()) {
      if (filter.since !== undefined && block.sealedAt < filter.since) return { items };
      const end = block.block === start.block ? start.index : block.entries.length;
      for (let index = end - 1; index >= 0; index -= 1) {
        const entry = entryAt(block, index);
        if (!entry || !matches(entry, filter)) continue;
        if (items.length === page.limit) return { items, next: `${block.block}.${index + 1}` };
        items.push(entry);
      }
      seen += block.entries.length;
    }
    const isLong = start.block - top >= MOST_BLOCKS || seen >= MOST_ENTRIES;
    if (isLong && bottom > 1) return { items, next: `${bottom}.0` };
  }
  return { items };
}

/** The first block to look at, and the index in it before which to begin. */
async function startOf(
  blocks: AuditBlocks,
  { until }: AuditFilter,
  after: string | undefined,
): Promise<{ readonly block: number; readonly index: number }> {
  if (after !== undefined) {
    const [block, index] = after.split('.').map(Number);
    return { block: block ?? 0, index: index ?? 0 };
  }
  const head = await blocks.head();
  if (!head) return { block: 0, index: 0 };
  const all = Number.POSITIVE_INFINITY;
  if (until === undefined) return { block: head.block, index: head.entries.length };
  // No entry has waited longer to be sealed, so what is sealed later than that happened after `until`.
  const latest = until + head.longestWaitMs;
  let [low, high] = [0, head.block];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [block] = await blocks.range(middle, middle);
    if ((block?.sealedAt ?? 0) <= latest) low = middle;
    else high = middle - 1;
  }
  const [first] = await blocks.range(low, low);
  return { block: low, index: first?.entries.length ?? all };
}

/** What can't be read is verification's to name. */
function entryAt({ block, entries, hashes }: Block, index: number): SealedAuditEntry | undefined {
  try {
    return { ...parseEntry(entries[index] ?? ''), block, hash: hashes[index] ?? '' };
  } catch {
    return undefined;
  }
}

function matches(entry: AuditEntry, { since, until, action, ...exact }: AuditFilter): boolean {
  if (since !== undefined && entry.at < since) return false;
  if (until !== undefined && entry.at > until) return false;
  if (action !== undefined && entry.action !== action && !entry.action.startsWith(`${action}.`)) return false;
  return Object.entries(exact).every(([name, value]) => entry[name as keyof typeof exact] === value);
}

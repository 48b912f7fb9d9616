import { createHash } from 'node:crypto';
import { type EntryText, entryHash } from './entry.ts';

/** What the next block rests on. */
export interface ChainHead {
  /** 0: there is none yet. */
  readonly block: number;
  readonly hash: string;
  /** Unix milliseconds; never before the block before it, nor before any of its own entries. */
  readonly sealedAt: number;
  /** The longest that any entry up to here has waited to be sealed; so it is known where to look for a time. */
  readonly longestWaitMs: number;
}

/** Some entries, sealed: their hashes, and the hash of the block before, go into the block's own. */
export interface Block extends ChainHead {
  readonly previous: string;
  /** SHA-256 of each entry's text, in the order of the entries. */
  readonly hashes: readonly string[];
  readonly entries: readonly EntryText[];
}

/** What the first block rests on. */
export const GENESIS: ChainHead = { block: 0, hash: '0'.repeat(64), sealedAt: 0, longestWaitMs: 0 };

/** Seals entries on what came before. `now` in unix milliseconds. */
export function sealBlock(
  head: ChainHead,
  entries: readonly { readonly text: EntryText; readonly at: number }[],
  now: number,
): Block {
  const sealedAt = Math.max(now, head.sealedAt, ...entries.map(({ at }) => at));
  const waits = entries.map(({ at }) => sealedAt - at);
  const header = {
    block: head.block + 1,
    previous: head.hash,
    sealedAt,
    longestWaitMs: Math.max(head.longestWaitMs, ...waits),
    hashes: entries.map(({ text }) => entryHash(text)),
  };
  return { ...header, hash: blockHash(header), entries: entries.map(({ text }) => text) };
}

/** SHA-256, hex, of a JSON array: format, number, hash of the block before, times, hashes of the entries. */
export function blockHash(header: Omit<Block, 'hash' | 'entries'>): string {
  const { block, previous, sealedAt, longestWaitMs, hashes } = header;
  const text = JSON.stringify([1, block, previous, sealedAt, longestWaitMs, hashes]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

import { type Block, blockHash, type ChainHead, GENESIS } from './block.ts';
import { entryHash, parseEntry } from './entry.ts';

/**
 * What is wrong with the trail.
 *
 * - `entry-changed`: an entry is not the one that was sealed.
 * - `entry-twice`: an entry was sealed twice.
 * - `entry-missing`: an item's log has an entry that the chain lacks.
 * - `log-cut`: an item's log lacks an entry that was sealed.
 * - `block-changed`: a block is not what its hash says.
 * - `chain-broken`: a block does not rest on the one before it.
 * - `block-missing`: a block between others is not there.
 * - `chain-cut`: the chain ends before a head that was kept elsewhere.
 * - `head-differs`: a block is not the one that was kept elsewhere as head.
 */
export interface AuditProblem {
  readonly code:
    | 'entry-changed'
    | 'entry-twice'
    | 'entry-missing'
    | 'log-cut'
    | 'block-changed'
    | 'chain-broken'
    | 'block-missing'
    | 'chain-cut'
    | 'head-differs';
  readonly block?: number;
  /** Id of the entry, or its hash where that is all that is known. */
  readonly entry?: string;
  /** The item of the table whose log it is about. */
  readonly item?: string;
  readonly message: string;
}

/** A sealed entry, and where. */
export interface SealedEntry {
  readonly id: string;
  readonly hash: string;
  readonly block: number;
}

/** A head that was kept elsewhere. */
export interface KeptHead {
  readonly block: number;
  readonly hash: string;
  /** Where it was kept. */
  readonly source: string;
}

/** Checks a chain block by block, from the first; it remembers what later questions need. */
export class ChainVerifier {
  readonly problems: AuditProblem[] = [];
  /** Entries by the item in whose log they stand, in the order of the chain. */
  readonly entriesOf = new Map<string, SealedEntry[]>();
  entries = 0;
  #head: ChainHead = GENESIS;
  readonly #hashes = new Map<number, string>();
  readonly #ids = new Map<string, number>();

  get head(): ChainHead {
    return this.#head;
  }

  /** Takes the next block, in the order of their numbers. */
  add(block: Block): void {
    for (let missing = this.#head.block + 1; missing < block.block; missing += 1) {
      this.#report('block-missing', { block: missing }, `Block ${missing} is not there.`);
    }
    if (block.block === this.#head.block + 1 && block.previous !== this.#head.hash) {
      const words = `Block ${block.block} does not rest on block ${this.#head.block} as it is now.`;
      this.#report('chain-broken', { block: block.block }, words);
    }
    if (block.hash !== blockHash(block)) {
      const words = `Block ${block.block} is not what its hash says: its number, a time or a hash in it was changed.`;
      this.#report('block-changed', { block: block.block }, words);
    }
    const count = Math.max(block.entries.length, block.hashes.length);
    for (let index = 0; index < count; index += 1) this.#addEntry(block, index);
    this.#hashes.set(block.block, block.hash);
    this.#head = block;
  }

  /** Holds the chain against a head that was kept where whoever changes the table does not reach. */
  checkHead({ block, hash, source }: KeptHead): void {
    if (block > this.#head.block) {
      const words = `The chain ends at block ${this.#head.block}, but ${source} has block ${block} as its head: the rest was cut off.`;
      this.#report('chain-cut', { block }, words);
    } else if (block > 0 && this.#hashes.get(block) !== hash) {
      this.#report('head-differs', { block }, `Block ${block} is not the one that ${source} has kept.`);
    }
  }

  #addEntry({ block, entries, hashes }: Block, index: number): void {
    const [text, hash] = [entries[index], hashes[index]];
    if (text === undefined || hash === undefined) {
      const words = `Entry ${index} of block ${block} ${text === undefined ? 'is not there' : 'was never sealed'}.`;
      this.#report('entry-changed', { block, entry: hash ?? `#${index}` }, words);
      return;
    }
    const { id, item } = readEntry(text) ?? { id: `#${index}`, item: undefined };
    if (entryHash(text) !== hash) {
      const words = `Entry ${id} (number ${index} of block ${block}) is not the one that was sealed.`;
      this.#report('entry-changed', { block, entry: id }, words);
    }
    const before = this.#ids.get(id);
    if (before !== undefined) {
      const words = `Entry ${id} was sealed in block ${before} and again in block ${block}.`;
      this.#report('entry-twice', { block, entry: id }, words);
    }
    this.#ids.set(id, block);
    this.entries += 1;
    if (item === undefined) return;
    const known = this.entriesOf.get(item) ?? [];
    known.push({ id, hash, block });
    this.entriesOf.set(item, known);
  }

  #report(code: AuditProblem['code'], where: Pick<AuditProblem, 'block' | 'entry'>, message: string): void {
    this.problems.push({ code, ...where, message });
  }
}

function readEntry(text: string): { readonly id: string; readonly item: string } | undefined {
  try {
    const { id, item } = parseEntry(text);
    return { id: String(id), item: JSON.stringify([item.pk, item.sk]) };
  } catch {
    return undefined;
  }
}

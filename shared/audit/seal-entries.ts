import { inParallel } from '../concurrency/in-parallel.ts';
import { ConflictError, TransientError } from '../errors/errors.ts';
import { type Block, type ChainHead, GENESIS, sealBlock } from './block.ts';
import { type AuditEntry, entryHash, parseEntry } from './entry.ts';

/** An item with a log: what it holds unsealed (oldest first), and which entries it knows to be sealed. */
export interface HeldLog {
  readonly item: AuditEntry['item'];
  readonly held: readonly { readonly id: string; readonly text: string }[];
  readonly sealed: readonly { readonly block: number; readonly hash: string }[];
}

export interface HeldLogs {
  /** Items with entries that nobody has sealed, those with the oldest first; from an index, so it may lag. */
  list(limit: number): Promise<AuditEntry['item'][]>;
  /** Consistent; without those that are gone. */
  read(items: readonly AuditEntry['item'][]): Promise<HeldLog[]>;
  /** Notes in an item's log what was sealed where; false when the log has changed since it was read. */
  noteSealed(log: HeldLog, blockOf: ReadonlyMap<string, number>): Promise<boolean>;
}

export interface AuditChain {
  /** Consistent. */
  head(): Promise<Block | undefined>;
  /** False when there is a block of its number: another sealer was first. */
  append(block: Block): Promise<boolean>;
}

/** Up to which block all items know that their entries are sealed. */
export interface SealLedger {
  read(): Promise<Pick<ChainHead, 'block' | 'hash'> | undefined>;
  /** Doing it twice, or late, does nothing. */
  note(head: Pick<ChainHead, 'block' | 'hash'>): Promise<void>;
}

export interface SealPorts {
  readonly chain: AuditChain;
  readonly logs: HeldLogs;
  readonly ledger: SealLedger;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

export interface SealReport {
  readonly blocks: number;
  readonly entries: number;
  /** How long the oldest entry waits that is not sealed yet; 0 when all are. */
  readonly unsealedMs: number;
}

const PARALLEL = 25;
const MOST_ITEMS = 500;
const MOST_ENTRIES = 500;
/** Of UTF-8; an item of the table may have 400 KB. */
const MOST_BYTES = 250_000;
const MOST_TRIES = 10;

/**
 * Seals what items hold into the chain, in the order in which it happened as far as that is known. Like the writer it
 * first finishes what was begun: the entries of the last block are taken out of their items before the next block is
 * made. So an entry that an item holds is in no block but possibly the last, and of two sealers, or after a death at
 * any step, each entry is in the chain exactly once. `deadline` in unix milliseconds: no block is begun after it.
 * @throws ConflictError `audit-chain-cut` when the chain ends before what was sealed already.
 */
export async function sealEntries(ports: SealPorts, deadline: number): Promise<SealReport> {
  let report = { blocks: 0, entries: 0 };
  for (;;) {
    const head = await finishHead(ports);
    const logs = await heldLogs(ports);
    if (ports.clock() > deadline) return { ...report, unsealedMs: waitOf(logs, ports.clock()) };
    const block = nextBlock(head, logs, ports.clock());
    if (!block) return { ...report, unsealedMs: waitOf(logs, ports.clock()) };
    if (!(await ports.chain.append(block))) continue;
    report = { blocks: report.blocks + 1, entries: report.entries + block.entries.length };
  }
}

/** The head of the chain, when every item knows what of it was sealed there. */
async function finishHead({ chain, logs, ledger }: SealPorts): Promise<ChainHead> {
  // The ledger first: it is never ahead of a chain that is read after it.
  const finished = (await ledger.read()) ?? GENESIS;
  const head = await chain.head();
  refuseCut(head ?? GENESIS, finished);
  if (!head) return GENESIS;
  if (finished.block === head.block) return head;
  const blockOf = new Map(head.hashes.map((hash) => [hash, head.block]));
  const items = new Map(head.entries.map(parseEntry).map(({ item }) => [JSON.stringify(item), item]));
  const found = await logs.read([...items.values()]);
  await inParallel(found, PARALLEL, (log) => noteSealed(logs, log, blockOf));
  await ledger.note(head);
  return head;
}

function refuseCut(head: Pick<ChainHead, 'block' | 'hash'>, finished: Pick<ChainHead, 'block' | 'hash'>) {
  if (head.block > finished.block || (head.block === finished.block && head.hash === finished.hash)) return;
  throw new ConflictError(
    'audit-chain-cut',
    `The audit chain ends at block ${head.block}, though block ${finished.block} (${finished.hash}) was sealed: nothing is ` +
      'sealed on it. `gimlet audit verify` shows what is missing; bring it back from a backup of the table.',
  );
}

/** An item that changes while its log is being noted is read again. */
async function noteSealed(
  logs: HeldLogs,
  read: HeldLog,
  blockOf: ReadonlyMap<string, number>,
): Promise<void> {
  let log: HeldLog | undefined = read;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (!log?.held.some(({ text }) => blockOf.has(entryHash(text)))) return;
    if (await logs.noteSealed(log, blockOf)) return;
    [log] = await logs.read([read.item]);
  }
  throw new TransientError('audit-log-busy', `The audit log of ${read.item.pk} changes too often right now.`);
}

/** What is to be sealed. An entry that its item knows to be sealed came back with a write that was sent twice. */
async function heldLogs({ logs }: SealPorts): Promise<HeldLog[]> {
  const found = await logs.read(await logs.list(MOST_ITEMS));
  return inParallel(found, PARALLEL, async (log) => {
    const known = new Map(log.sealed.map(({ hash, block }) => [hash, block]));
    const fresh = log.held.filter(({ text }) => !known.has(entryHash(text)));
    if (fresh.length < log.held.length) await logs.noteSealed(log, known);
    return { ...log, held: fresh };
  });
}

function nextBlock(head: ChainHead, logs: readonly HeldLog[], now: number): Block | undefined {
  const entries = logs
    .flatMap(({ held }) => held)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ text }) => ({ text, at: parseEntry(text).at }));
  let bytes = 0;
  const fitting = entries.slice(0, MOST_ENTRIES).filter(({ text }, index) => {
    bytes += Buffer.byteLength(text);
    return index === 0 || bytes <= MOST_BYTES;
  });
  return fitting.length === 0 ? undefined : sealBlock(head, fitting, now);
}

function waitOf(logs: readonly HeldLog[], now: number): number {
  const times = logs.flatMap(({ held }) => held.map(({ text }) => parseEntry(text).at));
  return times.length === 0 ? 0 : Math.max(0, now - Math.min(...times));
}

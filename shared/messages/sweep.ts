import { inParallel } from '../concurrency/in-parallel.ts';
import { type Mark, type ResendPolicy, resendDelayMs } from './mark.ts';
import type { Letter, Outbox } from './outbox.ts';

/** An item whose mark is due. */
export interface DueItem {
  /** Opaque to everyone but the store. */
  readonly key: string;
  readonly mark: Mark;
}

export interface DueItems {
  /** Items that were due at `now`, oldest first; at most `limit`. The index behind it may lag. */
  list(now: number, limit: number): Promise<DueItem[]>;
  /** Counts a send and moves `dueAt`, on condition that the mark is still the one that was seen. */
  postpone(item: DueItem, dueAt: number): Promise<boolean>;
}

export interface SweepReport {
  readonly due: number;
  readonly sent: number;
  /** How long the first of them has been due; 0 when none is. */
  readonly overdueMs: number;
}

const PARALLEL = 25;

/**
 * Sends again whatever is due: what was never sent, lost, expired or dead-lettered. Postponing comes first, so that
 * of two sweepers only one sends, and a mark that has gone in the meantime sends nothing.
 */
export async function sweep(
  ports: { readonly due: DueItems; readonly outbox: Outbox },
  options: { readonly now: number; readonly limit: number; readonly resend: ResendPolicy },
): Promise<SweepReport> {
  const items = await ports.due.list(options.now, options.limit);
  const sent = await sendAgain(ports, options, items);
  return { due: items.length, sent, overdueMs: overdueMs(items, options.now) };
}

/** How long the first of them has been due, milliseconds; 0 when none is. */
export function overdueMs(items: readonly DueItem[], now: number): number {
  return Math.max(0, ...items.map(({ mark }) => now - mark.dueAt));
}

/** Sends the messages of items once more, but for those that somebody else did; answers how many were sent. */
export async function sendAgain(
  { due, outbox }: { readonly due: DueItems; readonly outbox: Outbox },
  { now, resend }: { readonly now: number; readonly resend: ResendPolicy },
  items: readonly DueItem[],
): Promise<number> {
  const postponed = await inParallel(items, PARALLEL, async (item): Promise<Letter | undefined> => {
    const sends = item.mark.sends + 1;
    const dueAt = now + resendDelayMs(sends, resend);
    const isOurs = await due.postpone(item, dueAt);
    return isOurs ? { itemId: item.key, mark: { ...item.mark, sends, dueAt } } : undefined;
  });
  const letters = postponed.filter((letter) => letter !== undefined);
  await outbox.send(...letters);
  return letters.length;
}

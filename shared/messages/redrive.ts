import type { QueueName, ResendPolicy } from './mark.ts';
import type { Outbox } from './outbox.ts';
import { type DueItems, overdueMs, sendAgain } from './sweep.ts';

/** A message that its consumer could not handle, as often as it came. */
export interface DeadLetter {
  readonly body: string;
  /** Takes it out of the dead-letter queue. */
  readonly remove: () => Promise<void>;
}

export interface DeadLetters {
  readonly queues: readonly QueueName[];
  /** Approximately: as the queue itself says. */
  count(queue: QueueName): Promise<number>;
  /** Some of them, none when there are none; who has read them has them alone for a while. */
  read(queue: QueueName): Promise<readonly DeadLetter[]>;
}

/** What waits to be sent again, and what could not be handled. */
export interface Backlog {
  readonly due: number;
  readonly overdueMs: number;
  readonly deadLetters: Readonly<Partial<Record<QueueName, number>>>;
}

export interface Redriven {
  /** Messages that were sent again before their time. */
  readonly sent: number;
  /** Dead letters that were taken away: what they asked for is in the table, and was sent again if it is not done. */
  readonly removed: number;
  /** Dead letters that say nothing we understand; they stay for somebody to look at. */
  readonly kept: readonly { readonly queue: QueueName; readonly body: string }[];
}

export interface BacklogPorts {
  readonly due: DueItems;
  readonly deadLetters: DeadLetters;
}

/** Letters of one queue that a redrive looks at; it can be asked again. */
const MAX_LETTERS = 500;
const SHOWN = 300;
/** After everything that is due one day: the year 2286. */
const END_OF_TIME = 9_999_999_999_999;

/** What is due at `now`, unix milliseconds, as far as `limit` items show it, and how many dead letters there are. */
export async function inspectBacklog(
  { due, deadLetters }: BacklogPorts,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<Backlog> {
  const items = await due.list(now, limit);
  const counts = await Promise.all(
    deadLetters.queues.map(async (queue) => [queue, await deadLetters.count(queue)] as const),
  );
  return {
    due: items.length,
    overdueMs: overdueMs(items, now),
    deadLetters: Object.fromEntries(counts),
  };
}

/**
 * Sends again, without waiting for its time, whatever was sent and had no effect yet; then takes away the dead
 * letters, which the table makes needless. What waits for a time of its own (the end of a hold) is left alone.
 */
export async function redrive(
  ports: BacklogPorts & { readonly outbox: Outbox },
  options: {
    readonly now: number;
    readonly limit: number;
    readonly resend: ResendPolicy;
    /** Whether a dead letter is a message of ours. */
    readonly isKnown: (queue: QueueName, body: string) => boolean;
  },
): Promise<Redriven> {
  const waiting = (await ports.due.list(END_OF_TIME, options.limit)).filter(({ mark }) => mark.sends > 0);
  const sent = await sendAgain(ports, options, waiting);
  const cleared = await Promise.all(
    ports.deadLetters.queues.map((queue) => clearLetters(ports.deadLetters, queue, options.isKnown)),
  );
  return {
    sent,
    removed: cleared.reduce((sum, { removed }) => sum + removed, 0),
    kept: cleared.flatMap(({ kept }) => kept),
  };
}

async function clearLetters(
  deadLetters: DeadLetters,
  queue: QueueName,
  isKnown: (queue: QueueName, body: string) => boolean,
): Promise<Pick<Redriven, 'removed' | 'kept'>> {
  const kept: { queue: QueueName; body: string }[] = [];
  let removed = 0;
  while (removed + kept.length < MAX_LETTERS) {
    const letters = await deadLetters.read(queue);
    if (letters.length === 0) break;
    for (const { body, remove } of letters) {
      if (isKnown(queue, body)) {
        await remove();
        removed += 1;
      } else kept.push({ queue, body: body.slice(0, SHOWN) });
    }
  }
  return { removed, kept };
}

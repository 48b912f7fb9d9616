import type { FaultSettings, FaultStats } from './fault-settings.ts';
import type { Random } from './random.ts';

/** A message as ReceiveMessage answers it; only what is changed here is named. */
export interface ReceivedMessage {
  readonly Attributes?: Readonly<Record<string, string>>;
}

interface Held {
  readonly message: ReceivedMessage;
  readonly again: boolean;
}

/** How many more messages than asked for are received, so that there is something to put out of order. */
const AHEAD = 3;
const MOST_OF_ONE_RECEIVE = 10;

/** Messages of one standard queue on their way to consumers: it may deliver them twice and in any order. */
export class Deliveries {
  readonly #random: Random;
  readonly #stats: FaultStats;
  #held: Held[] = [];

  constructor(random: Random, stats: FaultStats) {
    this.#random = random;
    this.#stats = stats;
  }

  /** How many messages to receive now to hand over `max`; none when enough are held. */
  wanted(max: number, settings: FaultSettings): number {
    const ahead = settings.shuffle ? AHEAD : 0;
    return Math.min(Math.max(max + ahead - this.#held.length, 0), MOST_OF_ONE_RECEIVE);
  }

  get empty(): boolean {
    return this.#held.length === 0;
  }

  /** Takes what was received, and hands over up to `max` of all it has. */
  next(received: readonly ReceivedMessage[], max: number, settings: FaultSettings): ReceivedMessage[] {
    const all = [...this.#held, ...received.map((message) => ({ message, again: false }))];
    const ordered = settings.shuffle ? this.#random.shuffle(all) : all;
    const out = ordered.slice(0, max);
    const echoes = out.filter(({ again }) => !again && this.#random.chance(settings.duplicate));
    this.#stats.duplicated += echoes.length;
    this.#held = [
      ...ordered.slice(max),
      ...echoes.map(({ message }) => ({ message: again(message), again: true })),
    ];
    return out.map(({ message }) => message);
  }
}

function again(message: ReceivedMessage): ReceivedMessage {
  const count = message.Attributes?.['ApproximateReceiveCount'];
  if (count === undefined) return message;
  return {
    ...message,
    Attributes: { ...message.Attributes, ApproximateReceiveCount: String(Number(count) + 1) },
  };
}

import type { FaultStats } from './fault-settings.ts';
import type { Random } from './random.ts';
import { type Answer, jsonAnswer } from './wire.ts';

/** Loses answers of calls that were done: by chance, and the next ones of an operation that it was told to lose. */
export class LoseAnswers {
  readonly #random: Random;
  readonly #stats: FaultStats;
  readonly #next = new Map<string, number>();

  constructor(random: Random, stats: FaultStats) {
    this.#random = random;
    this.#stats = stats;
  }

  loseNext(operation: string, count: number): void {
    this.#next.set(operation, count);
  }

  /** The answer, or what the caller sees instead of it. */
  pass(operation: string, answer: Answer, probability: number | undefined): Answer | 'hang-up' {
    const told = this.#next.get(operation) ?? 0;
    if (told > 0) this.#next.set(operation, told - 1);
    else if (!this.#random.chance(probability)) return answer;
    this.#stats.answersLost += 1;
    return this.#random.chance(0.5)
      ? 'hang-up'
      : jsonAnswer(500, { __type: 'InternalServerError', message: 'lost' });
  }
}

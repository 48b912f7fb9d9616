import type { Random } from '../../../local/faults/random.ts';

/** What is in store for a writer. */
export type Death =
  /** It dies at the first of these: step → at which occurrence. */
  | { readonly kind: 'step'; readonly at: Readonly<Record<string, number>> }
  /** It is killed wherever it is by then. */
  | { readonly kind: 'clock' }
  /** It is stopped, and goes on when others have taken over. */
  | { readonly kind: 'frozen' }
  /** It is left alone, and does the next work too. */
  | { readonly kind: 'none' };

const BY_CLOCK = 0.35;
const FROZEN = 0.05;
const NONE = 0.05;
const LATEST_OCCURRENCE = 3;

/** Chooses how writers die, and counts where they did. */
export class Deaths {
  readonly atSteps: Map<string, number>;
  readonly #random: Random;
  readonly #steps: readonly string[];

  /** `steps`: where they may be told to die. */
  constructor(random: Random, steps: readonly string[]) {
    this.#random = random;
    this.#steps = steps;
    this.atSteps = new Map(steps.map((step) => [step, 0]));
  }

  /** Steps that nobody has died at yet. */
  get neverHit(): string[] {
    return this.#steps.filter((step) => this.atSteps.get(step) === 0);
  }

  /** `left`: how many are still to be killed. When it gets tight, only steps that were never hit will do. */
  choose(left: number): Death {
    const never = Object.fromEntries(this.neverHit.map((step) => [step, 1]));
    if (left <= 2 * this.neverHit.length) return { kind: 'step', at: never };
    const draw = this.#random.next();
    if (draw < BY_CLOCK) return { kind: 'clock' };
    if (draw < BY_CLOCK + FROZEN) return { kind: 'frozen' };
    if (draw < BY_CLOCK + FROZEN + NONE) return { kind: 'none' };
    const [any = ''] = this.#random.shuffle(this.#steps);
    const occurrence = Math.floor(this.#random.between(1, LATEST_OCCURRENCE + 1));
    return { kind: 'step', at: { [any]: occurrence, ...never } };
  }

  note(step: string): void {
    this.atSteps.set(step, (this.atSteps.get(step) ?? 0) + 1);
  }
}

import type { Random } from '../../../local/faults/random.ts';
import type { Call } from './calls.ts';

export interface ExecutionerOptions {
  readonly random: Random;
  /** How many to kill; then only at steps where nobody was killed yet. */
  readonly kills: number;
  /** Ends all environments of a function at once. */
  readonly kill: (functionName: string) => void;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** How often somebody dies at a step that is new: at first not always, or nothing would get past the first ones. */
const AT_NEW_STEP = 0.3;
/** Between two kills something has to get done. */
const PEACE_MS = 500;
/** A rendering is begun three times at most, so that poison ends; whoever kills renderers faster is poison. */
const RENDERING_PEACE_MS = 8_000;
const RENDERING = ['renderer', 'charts'];
/** After so long without the call that was chosen another one is. */
const PATIENCE_MS = 3_000;
const MOST_PASSES = 4;

/**
 * Kills functions before and after their calls. Which steps there are it learns from the calls that it sees: at a
 * step where nobody was killed yet somebody soon is; else at one chosen by chance, after it was passed a few times.
 */
export class Executioner {
  /** Step → how often a function was killed there. */
  readonly atSteps = new Map<string, number>();
  kills = 0;
  readonly #options: ExecutionerOptions;
  #chosen = { step: '', passes: 0, at: 0 };
  #lastKill = 0;
  #stopped = false;
  #lastRenderingKill = 0;

  constructor(options: ExecutionerOptions) {
    this.#options = options;
  }

  /** Whether all steps that were ever seen were somebody's last. */
  get everyStepHit(): boolean {
    return [...this.atSteps.values()].every((times) => times > 0);
  }

  /** No more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Answers whether the function dies here. */
  sees(phase: 'before' | 'after', { caller, operation }: Call): boolean {
    const step = `${caller} ${phase} ${operation}`;
    const times = this.atSteps.get(step) ?? 0;
    this.atSteps.set(step, times);
    if (
      this.#stopped ||
      !this.#mayKill(caller) ||
      !(times === 0 ? this.#isTimeForNew() : this.#isChosen(step))
    )
      return false;
    this.atSteps.set(step, times + 1);
    this.kills += 1;
    this.#noteKill(caller);
    this.#options.kill(caller);
    return true;
  }

  #mayKill(caller: string): boolean {
    const now = this.#options.clock();
    if (now - this.#lastKill < PEACE_MS) return false;
    return !RENDERING.includes(caller) || now - this.#lastRenderingKill >= RENDERING_PEACE_MS;
  }

  #isTimeForNew(): boolean {
    const { kills, random } = this.#options;
    return this.kills >= kills / 2 || random.chance(AT_NEW_STEP);
  }

  #noteKill(caller: string): void {
    this.#lastKill = this.#options.clock();
    if (RENDERING.includes(caller)) this.#lastRenderingKill = this.#lastKill;
  }

  #isChosen(step: string): boolean {
    const { random, clock, kills } = this.#options;
    if (this.kills >= kills) return false;
    if (clock() - this.#chosen.at > PATIENCE_MS) {
      const [any = ''] = random.shuffle([...this.atSteps.keys()]);
      this.#chosen = { step: any, passes: Math.floor(random.between(0, MOST_PASSES)), at: clock() };
    }
    if (this.#chosen.step !== step) return false;
    this.#chosen.passes -= 1;
    if (this.#chosen.passes >= 0) return false;
    this.#chosen.at = 0;
    return true;
  }
}

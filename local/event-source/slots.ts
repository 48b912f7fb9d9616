/** A bounded number of things at a time. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #size: number;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`concurrency must be 1 or more, not ${size}`);
    this.#size = size;
    this.#free = size;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the slot to who has waited longest. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  /** Resolves when every slot has been given back. */
  async allFree(): Promise<void> {
    for (let taken = 0; taken < this.#size; taken++) await this.take();
    for (let taken = 0; taken < this.#size; taken++) this.give();
  }
}

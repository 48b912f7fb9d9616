import type { ExecutionEnvironment } from './execution-environment.ts';
import { FunctionError } from './function-error.ts';

export interface FunctionPool {
  /** Event and result are JSON. Waits for an environment when all are busy. */
  invoke(event: string): Promise<string>;
  /** Starts an environment unless there is one. */
  warm(): void;
  /** Ends all environments at once; what they were doing fails, and the next invocation starts afresh. */
  kill(): Promise<void>;
  /** As `kill`, for good. */
  close(): Promise<void>;
}

/** Starts the environment of a slot (0, 1, …: no two alive at once have the same) and tells when it has ended. */
export type StartEnvironment = (slot: number, onEnd: () => void) => ExecutionEnvironment;

/** The execution environments of one function: as many as are needed at once, up to `concurrency`, used again. */
export function createFunctionPool(
  functionName: string,
  concurrency: number,
  start: StartEnvironment,
): FunctionPool {
  return new Pool(functionName, concurrency, start);
}

class Pool implements FunctionPool {
  readonly #functionName: string;
  readonly #start: StartEnvironment;
  readonly #slots: (ExecutionEnvironment | undefined)[];
  readonly #idle = new Set<ExecutionEnvironment>();
  readonly #waiting: PromiseWithResolvers<ExecutionEnvironment>[] = [];
  #closed = false;

  constructor(functionName: string, concurrency: number, start: StartEnvironment) {
    this.#functionName = functionName;
    this.#start = start;
    this.#slots = Array.from({ length: concurrency });
  }

  async invoke(event: string): Promise<string> {
    const environment = await this.#acquire();
    try {
      return await environment.invoke(event);
    } finally {
      this.#release(environment);
    }
  }

  warm(): void {
    if (this.#slots.some((slot) => slot !== undefined)) return;
    const environment = this.#startInFreeSlot();
    if (environment !== undefined) this.#idle.add(environment);
  }

  async kill(): Promise<void> {
    await Promise.all(this.#slots.map((environment) => environment?.terminate()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#closedError());
    await this.kill();
  }

  async #acquire(): Promise<ExecutionEnvironment> {
    if (this.#closed) throw this.#closedError();
    const environment = this.#takeIdle() ?? this.#startInFreeSlot();
    if (environment !== undefined) return environment;
    const waiter = Promise.withResolvers<ExecutionEnvironment>();
    this.#waiting.push(waiter);
    return waiter.promise;
  }

  /** The one used last, as it is the warmest. */
  #takeIdle(): ExecutionEnvironment | undefined {
    const environment = [...this.#idle].findLast((candidate) => candidate.alive);
    if (environment !== undefined) this.#idle.delete(environment);
    return environment;
  }

  /** A thread that is ending keeps its slot until it is gone: there are never more than `concurrency`. */
  #startInFreeSlot(): ExecutionEnvironment | undefined {
    const slot = this.#slots.indexOf(undefined);
    if (slot < 0) return undefined;
    const environment = this.#start(slot, () => this.#forget(slot));
    this.#slots[slot] = environment;
    return environment;
  }

  #release(environment: ExecutionEnvironment): void {
    if (!environment.alive) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.add(environment);
    else waiter.resolve(environment);
  }

  #forget(slot: number): void {
    const environment = this.#slots[slot];
    if (environment !== undefined) this.#idle.delete(environment);
    this.#slots[slot] = undefined;
    const waiter = this.#closed ? undefined : this.#waiting.shift();
    const next = waiter && this.#startInFreeSlot();
    if (next !== undefined) waiter?.resolve(next);
  }

  #closedError(): FunctionError {
    return new FunctionError(this.#functionName, 'Sandbox.Closed', 'The local server is stopping');
  }
}

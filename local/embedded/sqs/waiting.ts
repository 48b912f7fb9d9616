import { EventEmitter } from 'node:events';

/** Timers can't wait longer (2^31 ms); a waiter that wakes up early looks again and goes back to sleep. */
const LONGEST_WAIT_MS = 2_000_000_000;

/** Long polls, by queue: they sleep until somebody sends, a hidden message is due, their time is up or they leave. */
export class Waiting {
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  /** Something may have become visible in this queue. */
  wake(queue: string): void {
    this.#arrivals.emit(queue);
  }

  /** Resolves when woken, after `ms`, or when the signal aborts; never rejects. */
  sleep(queue: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#arrivals.off(queue, done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(ms, 1), LONGEST_WAIT_MS));
      this.#arrivals.on(queue, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}

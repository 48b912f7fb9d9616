/** What has been started, so that it can be stopped in the opposite order. */
export interface Shutdown {
  /** Waits for something to start and remembers to close it. */
  started<T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T>;
  add(close: () => Promise<unknown>): void;
  /** Closes everything, last first, whatever fails on the way; a second call waits for the first. */
  run(): Promise<void>;
}

export function createShutdown(): Shutdown {
  const closers: (() => Promise<unknown>)[] = [];
  let running: Promise<void> | undefined;
  const run = async () => {
    const failures: unknown[] = [];
    for (let close = closers.pop(); close !== undefined; close = closers.pop())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `Not everything could be stopped: ${failures[0]}`);
  };
  return {
    started: async (starting) => {
      const service = await starting;
      closers.push(() => service.close());
      return service;
    },
    add: (close) => void closers.push(close),
    run: () => {
      running ??= run();
      return running;
    },
  };
}

/** As `Promise.all`, but rejects only when all have settled: then what did start is known and can be stopped. */
export async function allSettled<T extends readonly unknown[]>(
  promises: [...{ [Index in keyof T]: Promise<T[Index]> }],
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Where text goes; a terminal or not. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** All that a command touches besides files: handed in, so that a test can hand in another. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly fetch: typeof fetch;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly newId: () => string;
}

export function processWorld(): World {
  return {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    fetch: globalThis.fetch,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    // The global loads the crypto module when it is first used: most commands need no id.
    newId: () => crypto.randomUUID(),
  };
}

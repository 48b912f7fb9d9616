import { runCli } from '../../cli/run-cli.ts';
import { processWorld, type World } from '../../cli/world.ts';
import { checkedFetch } from './checked-fetch.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds of each pause that it made. */
  readonly pauses: readonly number[];
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** Default: pauses are real. */
  readonly sleep?: World['sleep'];
  readonly now?: World['now'];
}

/**
 * Runs the CLI in this process, in an environment that holds nothing but what is given. What the API answers it is
 * held against the OpenAPI document.
 */
export async function gimlet(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { env = {}, terminal = false } = options;
  const real = processWorld();
  const { sleep = real.sleep, now = real.now } = options;
  const out: string[] = [];
  const err: string[] = [];
  const pauses: number[] = [];
  const code = await runCli(args, {
    ...real,
    fetch: checkedFetch,
    env,
    now,
    stdout: { write: (text) => out.push(text), isTTY: terminal },
    stderr: { write: (text) => err.push(text), isTTY: terminal },
    sleep: (ms) => {
      pauses.push(ms);
      return sleep(ms);
    },
  });
  return { code, stdout: out.join(''), stderr: err.join(''), pauses };
}

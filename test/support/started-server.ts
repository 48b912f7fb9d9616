import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type LocalServer, readLocalJson } from '../../local/local-json.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` as a process of its own: what a test may kill. */
export interface StartedServer {
  readonly process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Sends a signal and resolves to the exit code (null: ended by the signal) when it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves to the exit code when it ends by itself. */
  ended(): Promise<number | null>;
}

export interface UpServer extends StartedServer, LocalServer {}

export function spawnServer(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): StartedServer {
  const child = spawn(process.execPath, ['local/start.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], GIMLETD_PORT: '0', ...env },
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk));
  const exit = once(child, 'close') as Promise<[number | null]>;
  return {
    process: child,
    output: () => Buffer.concat(printed).toString('utf8'),
    end: async (signal) => {
      child.kill(signal);
      return (await exit)[0];
    },
    ended: async () => (await exit)[0],
  };
}

/** Starts the server on a data directory and waits until it is up. */
export async function startServer(
  dataDirectory: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<UpServer> {
  const server = spawnServer({ ...env, GIMLETD_DATA: dataDirectory }, args);
  for (;;) {
    const local = await readLocalJson(`${dataDirectory}/local.json`).catch(() => undefined);
    if (local !== undefined && local.pid === server.process.pid) return { ...server, ...local };
    if (server.process.exitCode !== null) throw new Error(`the server did not start:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { terminal } from './terminal.ts';

const SOURCE = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../../dist/gimlet.mjs', import.meta.url));

export interface Gimlet {
  /**
   * Types a command line: prints it, runs it, lets it print.
   * @throws Error when it fails
   */
  type(...args: string[]): Promise<void>;
  /** Runs a command with `-o json`, silently, and reads its answer. */
  ask<T>(...args: string[]): Promise<T>;
}

export interface GimletOptions {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Run the bundle that is published, instead of the source. */
  readonly bundles: boolean;
  /** Ends the command that runs, and starts no other. */
  readonly signal: AbortSignal;
}

/** The real CLI, each command in a process of its own. */
export function gimletIn({ directory, env, bundles, signal }: GimletOptions): Gimlet {
  const run = (args: readonly string[], stdout: 'inherit' | 'pipe') =>
    spawn(process.execPath, [bundles ? BUNDLE : SOURCE, ...args], {
      cwd: directory,
      // No CI job that we happen to run in may tell the CLI about itself.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: process.env['TERM'], ...env },
      stdio: ['ignore', stdout, 'inherit'],
      signal,
    });
  return {
    type: async (...args) => {
      signal.throwIfAborted();
      terminal.command(`gimlet ${args.map(quote).join(' ')}`);
      await ended(run(args, 'inherit'), args);
    },
    ask: async (...args) => {
      const child = run([...args, '-o', 'json'], 'pipe');
      const [answer] = await Promise.all([child.stdout ? text(child.stdout) : '', ended(child, args)]);
      return JSON.parse(answer);
    },
  };
}

function ended(child: ReturnType<typeof spawn>, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`gimlet ${args.slice(0, 2).join(' ')} ended with exit code ${code}`));
    });
  });
}

/** As a shell would need it. */
function quote(argument: string): string {
  return /^[\w./:@=,+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

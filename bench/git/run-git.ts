import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cleanGitEnvironment } from '../../local/git/bare-repo.ts';

export interface RunGitOptions {
  readonly cwd?: string;
  /** What git reads, at the pace it reads at. */
  readonly input?: Iterable<string> | AsyncIterable<string>;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const MINUTE = 60_000;

/** Runs the installed git as nobody has configured it; resolves with what it printed. @throws with git's words */
export async function runGit(args: readonly string[], options: RunGitOptions = {}): Promise<string> {
  const { cwd, input = [], env, timeoutMs = 5 * MINUTE } = options;
  const child = spawn('git', [...args], {
    env: { ...cleanGitEnvironment(), GIT_TERMINAL_PROMPT: '0', ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...(cwd !== undefined && { cwd }),
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
  const out: Buffer[] = [];
  const words: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
  // A git that fails before it has read everything says more by its exit than by the broken pipe.
  await pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  const end = await ended;
  if (end === '0') return Buffer.concat(out).toString('utf8').trim();
  const said = Buffer.concat(words).toString('utf8').trim();
  throw new Error(`git ${args.slice(0, 4).join(' ')} … ended with ${end}: ${said}`);
}

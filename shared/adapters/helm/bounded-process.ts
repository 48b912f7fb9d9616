import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ProcessLimits {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of address space; only Linux can hold a process to it. */
  readonly memoryKb: number;
  readonly outputBytes: number;
}

export interface BoundedProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: ProcessLimits;
}

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** The limit for which we, or the kernel, ended it. */
  readonly exceeded?: 'wall' | 'cpu' | 'output';
}

const MAX_STDERR_BYTES = 64 * 1024;

/**
 * Runs a program within limits and kills it with all that it started when it goes over one. Resolves however it
 * ends; rejects when it could not be started.
 */
export async function runBounded(request: BoundedProcess): Promise<ProcessResult> {
  const { cwd, env, limits } = request;
  const args = ['-c', limitScript(limits), 'sh', request.command, ...request.args];
  const child = spawn('/bin/sh', args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let exceeded: ProcessResult['exceeded'];
  const end = (limit: 'wall' | 'output') => {
    exceeded ??= limit;
    killGroup(child);
  };
  const timer = setTimeout(() => end('wall'), limits.wallSeconds * 1000);
  try {
    const stdout = collect(child.stdout, limits.outputBytes, () => end('output'));
    const stderr = collect(child.stderr, MAX_STDERR_BYTES, () => undefined);
    const { code, signal } = await closed(child);
    // Over its share of CPU time the kernel kills it, not we.
    if (signal === 'SIGKILL' || signal === 'SIGXCPU') exceeded ??= 'cpu';
    return { stdout: stdout(), stderr: stderr(), exitCode: code, ...(exceeded && { exceeded }) };
  } finally {
    clearTimeout(timer);
    killGroup(child);
  }
}

/** Chained with `&&`: a shell that can't set a limit would only warn and go on. */
function limitScript({ cpuSeconds, memoryKb }: ProcessLimits): string {
  const memory = process.platform === 'linux' ? `ulimit -v ${memoryKb} && ` : '';
  return `${memory}ulimit -t ${cpuSeconds} && exec "$@"`;
}

/** Keeps what comes, up to a limit; what comes after is thrown away. */
function collect(stream: Readable, limit: number, over: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = limit - size;
    size += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    if (size > limit) over();
  });
  return () => Buffer.concat(chunks).toString();
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function closed(child: Child): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

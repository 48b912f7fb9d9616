import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UnprocessableError } from '../../errors/errors.ts';
import { type ProcessLimits, type ProcessResult, runBounded } from './bounded-process.ts';
import { cleanToolWords, isOutOfMemory } from './tool-words.ts';

export interface BoundedToolOptions {
  /** Absolute path of the binary. */
  readonly path: string;
  readonly limits?: Partial<ProcessLimits>;
  /** Where each run gets a directory of its own, removed whatever happens; the system's unless given. */
  readonly temporaryDirectory?: string;
}

export interface ToolRun {
  readonly args: readonly string[];
  /** What the run finds in its directory: path → content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const LIMITS: ProcessLimits = {
  wallSeconds: 10,
  cpuSeconds: 20,
  memoryKb: 1_500_000,
  outputBytes: 5_000_000,
};
/** The shell's exit codes for a program that can't be run. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

/** A program that works on what strangers wrote: it has no variable of ours, a directory of its own, and limits. */
export class BoundedTool {
  private readonly path: string;
  /** What is said when it fails: `the chart could not be rendered`. */
  private readonly failure: string;
  private readonly limits: ProcessLimits;
  private readonly temporaryDirectory: string;
  private knownVersion: Promise<string> | undefined;

  constructor(failure: string, { path, limits = {}, temporaryDirectory = tmpdir() }: BoundedToolOptions) {
    this.path = path;
    this.failure = failure;
    this.limits = { ...LIMITS, ...limits };
    this.temporaryDirectory = temporaryDirectory;
  }

  /**
   * What it writes to stdout.
   * @throws UnprocessableError `render-failed` with its own words, `render-limit` naming the limit that was hit.
   */
  run({ args, files = {} }: ToolRun): Promise<string> {
    return this.inDirectory(async (directory) => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, name)), { recursive: true });
        await writeFile(join(directory, name), content);
      }
      const result = await this.start(directory, args);
      this.throwIfFailed(result, directory);
      return result.stdout;
    });
  }

  /** Asked once: the answer is that of the binary's whole life, and the first run reads it from the disk. */
  version(args: readonly string[]): Promise<string> {
    this.knownVersion ??= this.readVersion(args).catch((error: unknown) => {
      this.knownVersion = undefined;
      throw error;
    });
    return this.knownVersion;
  }

  private readVersion(args: readonly string[]): Promise<string> {
    return this.inDirectory(async (directory) => {
      const { exitCode, stdout, stderr } = await this.start(directory, args);
      if (exitCode === 0 && stdout.trim() !== '') return stdout.trim();
      throw new Error(`${this.path} does not tell its version: ${stderr}`);
    });
  }

  private start(directory: string, args: readonly string[]): Promise<ProcessResult> {
    // An empty directory for PATH: there is nothing to run beside the tool itself.
    const env = { HOME: directory, PATH: join(directory, 'bin') };
    return runBounded({ command: this.path, args, cwd: directory, env, limits: this.limits });
  }

  private async inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
    await mkdir(this.temporaryDirectory, { recursive: true });
    const directory = await mkdtemp(join(this.temporaryDirectory, 'render-'));
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  private throwIfFailed(result: ProcessResult, directory: string): void {
    const limit = this.limitExceeded(result);
    if (limit !== undefined) throw new UnprocessableError('render-limit', `${this.failure} within ${limit}`);
    if (NOT_STARTED.has(result.exitCode)) throw new Error(`${this.path} can't be run: ${result.stderr}`);
    if (result.exitCode === 0) return;
    const words = cleanToolWords(result.stderr, directory) || 'it ended without a word';
    throw new UnprocessableError('render-failed', `${this.failure}: ${words}`);
  }

  private limitExceeded({ exceeded, exitCode, stderr }: ProcessResult): string | undefined {
    if (exceeded === 'wall') return `${this.limits.wallSeconds} seconds`;
    if (exceeded === 'cpu') return `${this.limits.cpuSeconds} seconds of CPU time`;
    if (exceeded === 'output') return `${this.limits.outputBytes} bytes of output`;
    if (exitCode !== 0 && isOutOfMemory(stderr))
      return `${Math.round(this.limits.memoryKb / 1000)} MB of memory`;
    return undefined;
  }
}

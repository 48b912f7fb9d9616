import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnprocessableError } from '../../errors/errors.ts';
import type { Helm, HelmTemplateRequest } from '../../manifest/helm.ts';
import { type ProcessLimits, type ProcessResult, runBounded } from './bounded-process.ts';
import { cleanHelmWords, isOutOfMemory } from './helm-words.ts';

export interface HelmBinaryOptions {
  /** Absolute path of the binary, helm 4 or later. */
  readonly path: string;
  readonly limits?: Partial<ProcessLimits>;
  /** Where each run gets a directory of its own, removed whatever happens; the system's unless given. */
  readonly temporaryDirectory?: string;
}

const LIMITS: ProcessLimits = {
  wallSeconds: 10,
  cpuSeconds: 20,
  memoryKb: 1_500_000,
  outputBytes: 5_000_000,
};
/** The shell's exit codes for a program that can't be run. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

/** The real helm, in a process that has nothing: no variable of ours, no network flag, no time to spare. */
export function makeHelm(options: HelmBinaryOptions): Helm {
  const helm = new HelmBinary(options);
  return { template: (request) => helm.template(request), version: () => helm.version() };
}

class HelmBinary {
  private readonly path: string;
  private readonly limits: ProcessLimits;
  private readonly temporaryDirectory: string;
  private knownVersion: Promise<string> | undefined;

  constructor({ path, limits = {}, temporaryDirectory = tmpdir() }: HelmBinaryOptions) {
    this.path = path;
    this.limits = { ...LIMITS, ...limits };
    this.temporaryDirectory = temporaryDirectory;
  }

  template(request: HelmTemplateRequest): Promise<string> {
    return this.inDirectory(async (directory) => {
      await writeFile(join(directory, 'chart.tgz'), request.archive);
      await writeFile(join(directory, 'values.json'), valuesJson(request.values));
      const result = await this.run(directory, templateArguments(request));
      this.throwIfFailed(result, directory);
      return result.stdout;
    });
  }

  /** Asked once: the answer is that of the binary's whole life, and the first run reads it from the disk. */
  version(): Promise<string> {
    this.knownVersion ??= this.readVersion().catch((error: unknown) => {
      this.knownVersion = undefined;
      throw error;
    });
    return this.knownVersion;
  }

  private readVersion(): Promise<string> {
    return this.inDirectory(async (directory) => {
      const result = await this.run(directory, ['version', '--template', '{{ .Version }}']);
      if (result.exitCode === 0 && result.stdout !== '') return result.stdout.trim();
      throw new Error(`${this.path} does not tell its version: ${result.stderr}`);
    });
  }

  private run(directory: string, args: readonly string[]): Promise<ProcessResult> {
    // An empty directory for PATH: there is nothing to run beside helm itself.
    const env = { HOME: directory, PATH: join(directory, 'bin') };
    return runBounded({ command: this.path, args, cwd: directory, env, limits: this.limits });
  }

  private async inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
    await mkdir(this.temporaryDirectory, { recursive: true });
    const directory = await mkdtemp(join(this.temporaryDirectory, 'helm-'));
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  private throwIfFailed(result: ProcessResult, directory: string): void {
    const limit = this.limitExceeded(result);
    if (limit !== undefined)
      throw new UnprocessableError('render-limit', `the chart could not be rendered within ${limit}`);
    if (NOT_STARTED.has(result.exitCode)) throw new Error(`helm can't be run: ${result.stderr}`);
    if (result.exitCode === 0) return;
    const words = cleanHelmWords(result.stderr, directory) || 'helm ended without a word';
    throw new UnprocessableError('render-failed', `the chart could not be rendered: ${words}`);
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

function templateArguments(request: HelmTemplateRequest): string[] {
  const { release, namespace, kubeVersion, apiVersions } = request;
  return [
    'template',
    release,
    ...['--namespace', namespace],
    ...['--kube-version', kubeVersion],
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...['--values', 'values.json'],
    '--no-hooks',
    '--skip-tests',
    '--',
    'chart.tgz',
  ];
}

/** What JSON may have as it is, but YAML 1.1 takes for a line break or does not allow. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function valuesJson(values: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(values, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return json.replaceAll(UNREADABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiClient } from './client/api-client.ts';
import { parseDuration } from './duration.ts';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output/output.ts';
import type { World } from './world.ts';

/** What a command's work is done with. */
export interface Tools {
  readonly world: World;
  readonly output: Output;
  /** @throws UsageError when no server is set. */
  readonly api: () => Promise<ApiClient>;
}

/** Does the work of the command that was asked for; what it returns is the exit code, nothing means done. */
export type Run = (
  options: { readonly json: boolean },
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands end well or throw
  work: (tools: Tools) => Promise<ExitCode | void>,
) => Promise<void>;

/** Gives a command its options and what it does. */
export type DefineCommand = (command: Command, run: Run) => void;

/** `-o json`, which every command has. */
export interface JsonFlag {
  readonly output?: 'json';
}

export function jsonOption(): Option {
  return new Option('-o, --output <format>', 'json: one JSON document on stdout, prose on stderr').choices([
    'json',
  ]);
}

export interface WaitFlags {
  readonly wait?: true;
  /** Milliseconds. */
  readonly timeout: number;
}

export function waitOption(): Option {
  return new Option('--wait', 'follow it to its end; the exit code tells how it ended');
}

export interface DryRunFlag {
  readonly dryRun?: true;
}

export function dryRunOption(): Option {
  return new Option(
    '--dry-run',
    'show how the files would change and what stands in the way; ask for nothing',
  );
}

export function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'how long to wait: 90s, 10m, 1h')
    .argParser(durationArgument)
    .default(600_000, '10m');
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Write it as 90s, 10m or 1h30m.');
  return ms;
}

/** Examples at the end of a help text, as they would be typed. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

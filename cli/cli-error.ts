import { EXIT, type ExitCode } from './exit-code.ts';

export interface CliErrorOptions {
  /** Shown below the message, a line each. */
  readonly details?: readonly string[];
  /** What to do about it. */
  readonly hint?: string;
  /** Constant, for scripts. */
  readonly code?: string;
  readonly cause?: unknown;
}

/** The command could not do what it was asked for; the message says why, the hint how to mend it. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode = EXIT.failed;
  readonly code: string;
  readonly details: readonly string[];
  readonly hint: string | undefined;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? 'failed';
    this.details = options.details ?? [];
    this.hint = options.hint;
  }
}

/** The command line, or a variable that stands for a part of it, is not right. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly exitCode = EXIT.wrongUsage;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, { code: 'wrong-usage', ...options });
  }
}

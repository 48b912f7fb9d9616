import { redact } from './redact.ts';

/** One thing that is wrong with an input: where (dotted path, `''` for the whole) and what to do about it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface ErrorOptionsWithData {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/**
 * What kind of trouble an error is. One place maps it to an HTTP status, one to a queue record's fate.
 *
 * - `invalid`: the input breaks a rule; the same input will never pass.
 * - `unauthenticated`, `forbidden`: who asks, or what they may do.
 * - `tooMany`: over a budget of so many a time; the same is fine later. `data.retryAfterSeconds` says when.
 * - `notFound`: what is named does not exist.
 * - `conflict`: it contradicts what is stored.
 * - `precondition`: it was made for another version than the stored one.
 * - `unprocessable`: understood, but can't be done (a chart that fails to render, a reused idempotency key).
 * - `tooLarge`: over a stated limit.
 * - `transient`: may pass when tried again; nothing was done, or it is not known.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'tooMany'
  | 'notFound'
  | 'conflict'
  | 'precondition'
  | 'unprocessable'
  | 'tooLarge'
  | 'transient';

/**
 * Base of every error that this product raises on purpose. `code` is constant and is what callers compare;
 * `message` is for people, names the fix, and may change; it goes into items, answers and logs, so no secret stays in
 * it. Anything else that is thrown is a fault of ours.
 */
export class GimletdError extends Error {
  override readonly name: string = 'GimletdError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];

  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptionsWithData = {}) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.data = options.data ?? {};
    this.errors = options.errors ?? [];
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return this.kind === 'transient';
  }
}

import { type ErrorOptionsWithData, type FieldError, GimletdError } from './gimletd-error.ts';

/** The input breaks a rule; `errors` names each field and what to do about it. */
export class InvalidInputError extends GimletdError {
  override readonly name = 'InvalidInputError';
  constructor(code: string, message: string, errors: readonly FieldError[] = []) {
    super('invalid', code, message, { errors });
  }
}

export class TooLargeError extends GimletdError {
  override readonly name = 'TooLargeError';
  constructor(code: string, message: string, errors: readonly FieldError[] = []) {
    super('tooLarge', code, message, { errors });
  }
}

export class NotFoundError extends GimletdError {
  override readonly name = 'NotFoundError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('notFound', code, message, options);
  }
}

export class ConflictError extends GimletdError {
  override readonly name = 'ConflictError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('conflict', code, message, options);
  }
}

/** What is stored is not the version that the change was made for: look again, then change it. */
export class PreconditionFailedError extends GimletdError {
  override readonly name = 'PreconditionFailedError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('precondition', code, message, options);
  }
}

export class UnauthenticatedError extends GimletdError {
  override readonly name = 'UnauthenticatedError';
  constructor(code: string, message: string) {
    super('unauthenticated', code, message);
  }
}

/** It is known who asks, and it may not be done by them; `message` says what would have to be granted. */
export class ForbiddenError extends GimletdError {
  override readonly name = 'ForbiddenError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('forbidden', code, message, options);
  }
}

/** The caller has asked too often; nothing was done. */
export class TooManyRequestsError extends GimletdError {
  override readonly name = 'TooManyRequestsError';
  constructor(code: string, message: string, retryAfterSeconds: number) {
    super('tooMany', code, message, { data: { retryAfterSeconds } });
  }
}

/** Understood, but it can't be done with this input: trying again changes nothing. */
export class UnprocessableError extends GimletdError {
  override readonly name = 'UnprocessableError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('unprocessable', code, message, options);
  }
}

/** A passing fault: throttled, unreachable, timed out. Whoever called may try again. */
export class TransientError extends GimletdError {
  override readonly name = 'TransientError';
  constructor(code: string, message: string, options: ErrorOptionsWithData = {}) {
    super('transient', code, message, options);
  }
}

/** The git server refuses us for good (401, 403, 404, protected branch, hook, quota); `message` has its words. */
export class GitRefusedError extends GimletdError {
  override readonly name = 'GitRefusedError';
  constructor(message: string, options: ErrorOptionsWithData = {}) {
    super('unprocessable', 'git-refused', message, options);
  }
}

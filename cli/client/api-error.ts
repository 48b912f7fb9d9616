import type { ProblemAnswer } from '../../shared/contract/answers.ts';
import { CliError } from '../cli-error.ts';

/** The server understood, and said no. */
export class ApiError extends CliError {
  override readonly name = 'ApiError';
  readonly problem: ProblemAnswer;

  constructor(problem: ProblemAnswer, hint?: string) {
    const { errors = [], detail, title, code, requestId } = problem;
    super(detail || title, {
      code,
      details: [
        ...errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
        ...(requestId === undefined ? [] : [`request id: ${requestId}`]),
      ],
      ...(hint === undefined ? {} : { hint }),
    });
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** Nobody answered, or only half. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError';
}

/** Somebody answered, but not as a GimletD server does. */
export class NotGimletdError extends CliError {
  override readonly name = 'NotGimletdError';
}

import { type ErrorKind, GimletdError } from '../errors/gimletd-error.ts';
import { redactTexts } from '../errors/redact.ts';
import type { HttpResponse } from './http-response.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  tooMany: 429,
  notFound: 404,
  conflict: 409,
  precondition: 412,
  unprocessable: 422,
  tooLarge: 413,
  transient: 503,
};

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Service unavailable',
};

/** The one place where errors become HTTP (RFC 9457). What we did not raise on purpose says nothing of itself. */
export function toProblem(error: unknown, requestId: string): HttpResponse {
  const known = error instanceof GimletdError ? error : undefined;
  const status = known ? STATUS[known.kind] : 500;
  const code = known?.code ?? 'internal';
  const problem = {
    type: `urn:gimletd:problem:${code}`,
    title: TITLE[status] ?? 'Error',
    status,
    detail: known?.message ?? `Something went wrong on our side; the request id is ${requestId}.`,
    code,
    requestId,
    ...(known && known.errors.length > 0 && { errors: known.errors }),
    ...(known && Object.keys(known.data).length > 0 && { data: known.data }),
  };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', ...extraHeaders(status, known) },
    body: JSON.stringify(problem, redactTexts),
  };
}

function extraHeaders(status: number, error: GimletdError | undefined): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  const wait = error?.data['retryAfterSeconds'];
  if (status === 429 && typeof wait === 'number') return { 'retry-after': String(wait) };
  return status === 503 ? { 'retry-after': '2' } : {};
}

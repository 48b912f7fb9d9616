import type * as z from 'zod';
import { parseJson } from '../../shared/artifact/parse-json.ts';
import { InvalidInputError } from '../../shared/errors/errors.ts';
import { fieldErrors } from '../../shared/errors/field-errors.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';

const LIMITS = { bytes: 64 * 1024, depth: 8 } as const;

/**
 * What is asked for: in the body, or, for older clients and whoever needs no body, in the query.
 * @throws InvalidInputError `bad-request` naming every field that is wrong.
 */
export function readBody<S extends z.ZodType>(schema: S, request: HttpRequest): z.output<S> {
  const text = request.text();
  const sent: unknown = text === '' ? Object.fromEntries(request.query) : parseJson(text, LIMITS);
  const parsed = schema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path || 'the body'}: ${message}`).join('; ');
  throw new InvalidInputError('bad-request', `The request is not right: ${list}`, errors);
}

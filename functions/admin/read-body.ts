import * as z from 'zod';
import { parseJson } from '../../shared/artifact/parse-json.ts';
import { InvalidInputError } from '../../shared/errors/errors.ts';
import { fieldErrors } from '../../shared/errors/field-errors.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';

const LIMITS = { bytes: 256 * 1024, depth: 12 } as const;
const anyObject = z.record(z.string(), z.unknown());

/** The body of a request through a schema. @throws InvalidInputError `bad-request` naming every field that is wrong. */
export function readBody(request: HttpRequest): Record<string, unknown>;
export function readBody<S extends z.ZodType>(request: HttpRequest, schema: S): z.output<S>;
export function readBody(request: HttpRequest, schema: z.ZodType = anyObject): unknown {
  const text = request.text();
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text, LIMITS));
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path || 'the body'}: ${message}`).join('; ');
  throw new InvalidInputError('bad-request', `The request is not right: ${list}`, errors);
}

import type * as z from 'zod';
import { fieldErrors } from '../../shared/contract/field-errors.ts';
import { NotGimletdError } from './api-error.ts';
import type { ApiAnswer } from './http-client.ts';

/** What an answer says. @throws NotGimletdError when it is not of that shape. */
export function read<T>(schema: z.ZodType<T>, { body }: ApiAnswer): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: '', message: 'unknown' }] = fieldErrors(parsed.error);
  throw new NotGimletdError(`The server's answer is not understood: ${path || 'the answer'}: ${message}.`, {
    hint: 'Is the server of another version than this gimlet? gimlet --version says which this is.',
  });
}

import type * as z from 'zod';
import type { FieldError } from './gimletd-error.ts';

const MAX_ERRORS = 50;

/** What a schema found wrong, each with its path written as people write it: `environments[0].app`. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({ path: formatPath(path), message }));
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

import type * as z from 'zod';
import type { FieldError } from './gimletd-error.ts';

const MAX_ERRORS = 50;

/** What a schema found wrong, each with its path written as people write it: `environments[0].app`. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, MAX_ERRORS).map((issue) => {
    // Of a key that is not right, the issue itself only says that it is not.
    const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
    return { path: formatPath(issue.path), message: inner?.message ?? issue.message };
  });
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

import type * as z from 'zod';
import type { FieldError } from './gimletd-error.ts';
import { issueText } from './issue-text.ts';

const MAX_ERRORS = 50;

/** What a schema found wrong, each with its path written as people write it: `environments[0].app`. */
export function fieldErrors({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }): FieldError[] {
  return issues.flatMap(errorsOf).slice(0, MAX_ERRORS);
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  // Each field that is not known is one that is wrong, and has a path of its own.
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: issueText(issue) }));
  // Of a key that is not right, the issue itself only says that it is not.
  const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
  return [{ path: formatPath(issue.path), message: issueText(inner ?? issue) }];
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

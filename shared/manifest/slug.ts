import type { FieldError } from '../errors/gimletd-error.ts';

declare const slugBrand: unique symbol;

/** A checked name of an app, environment or namespace: safe as a directory, a Helm release and a Kubernetes name. */
export type Slug = string & { readonly [slugBrand]: true };

/** 53 is Helm's limit for release names. */
export const MAX_SLUG_LENGTH = 53;

const SLUG = /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/;

/** Names that mean something else in a GitOps repo. */
const RESERVED: ReadonlySet<string> = new Set([
  'flux',
  'dependencies',
  'manifests',
  'helm-releases',
  'helm-repositories',
  '.gimlet',
  '.git',
]);

export function isSlug(text: string): text is Slug {
  return SLUG.test(text) && !RESERVED.has(text);
}

/** Why a text is no slug and what to write instead; undefined when it is one. */
export function slugProblem(path: string, text: string): FieldError | undefined {
  if (RESERVED.has(text)) return { path, message: `'${text}' is a reserved word: choose another name` };
  if (SLUG.test(text)) return undefined;
  return {
    path,
    message: `must be 1 to ${MAX_SLUG_LENGTH} lower-case letters, digits or '-', starting and ending with a letter or digit; got '${text.slice(0, 80)}'`,
  };
}

/** Whether a text still has template syntax in it, so that it can only be judged once variables are resolved. */
export function isTemplated(text: string): boolean {
  return text.includes('{{');
}

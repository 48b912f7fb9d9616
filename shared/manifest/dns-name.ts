import { createHash } from 'node:crypto';
import { MAX_SLUG_LENGTH } from './slug.ts';

const HASH_LENGTH = 6;

/**
 * A DNS label of any text, for names made of branches: lower-case, each run outside `[0-9a-z]` becomes one `-`, none
 * at either end. A name over 53 characters is cut; see `shortenName`.
 */
export function sanitizeDnsName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^0-9a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return shortenName(name, text);
}

/**
 * Cuts a name over 53 characters to 46, `-` and 6 hex digits of a hash of `whole`, so that long names which begin
 * alike stay apart.
 */
export function shortenName(name: string, whole: string = name): string {
  if (name.length <= MAX_SLUG_LENGTH) return name;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, MAX_SLUG_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

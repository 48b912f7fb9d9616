import * as z from 'zod';

/** A name that becomes part of index keys: two of them fit into one, however they are written in it. */
export function keyText(missing?: string) {
  return z
    .string(missing === undefined ? {} : { error: missing })
    .min(1)
    .max(250)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');
}

/** A page ends at this many bytes, whatever its limit: Lambda answers at most 6 MB. See {@link answerBytes}. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Entries looked at for one page: a filter that finds little answers a short page and a cursor. */
export const MAX_SCANNED = 2_000;

/** The first items, as many as one answer can hold; always one. */
export function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 0;
  const over = items.findIndex((item, index) => {
    bytes += answerBytes(item);
    return bytes > MAX_PAGE_BYTES && index > 0;
  });
  return over < 0 ? items : items.slice(0, over);
}

/** Bytes that a value takes of an answer as Lambda counts them: a body is JSON in JSON, its quotes escaped once more. */
export function answerBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

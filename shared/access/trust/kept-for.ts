/**
 * Reads something at most once in so many milliseconds. What can't be read is read again at the next call, and what was
 * read before is not given out in its place.
 */
export function keptFor<T>(ms: number, read: () => Promise<T>, clock: () => number): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (kept && clock() < kept.until) return kept.value;
    const value = read();
    const mine = { value, until: clock() + ms };
    kept = mine;
    value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return value;
  };
}

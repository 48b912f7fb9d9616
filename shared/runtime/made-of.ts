/**
 * What is made of a value that is read anew whenever it is asked for, and made again only when the value is another.
 * `read` answers the very same value as long as it holds.
 */
export function madeOf<T, Made>(read: () => Promise<T>, make: (value: T) => Made): () => Promise<Made> {
  let last: { readonly value: T; readonly made: Made } | undefined;
  return async () => {
    const value = await read();
    if (last === undefined || last.value !== value) last = { value, made: make(value) };
    return last.made;
  };
}

import { decodeCursor, NAME_PLACE, nextLink } from './cursor.ts';
import { fitting } from './page-limits.ts';
import type { WholeListQuery } from './query.ts';

export interface Listing<T, A> {
  readonly items: readonly T[];
  /** What an item is found again by, and ordered: another for each, at most 1,024 bytes, no control characters. */
  readonly placeOf: (item: T) => string;
  readonly answerOf: (item: T) => A;
}

export interface ListPage<A> {
  readonly answers: readonly A[];
  /** With `link` to the next page, when there is one. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A page of a list of which all items are at hand, in the order of their places: those after the cursor, as many as
 * were asked for, and no more than one answer can hold.
 * @throws InvalidInputError `bad-cursor`.
 */
export function listPage<T, A>(
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
  { limit, cursor }: WholeListQuery,
  { items, placeOf, answerOf }: Listing<T, A>,
): ListPage<A> {
  const after = cursor === undefined ? '' : decodeCursor(cursor, query, NAME_PLACE);
  const rest = items
    .map((item) => ({ place: placeOf(item), item }))
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const answers = fitting(rest.slice(0, limit).map(({ item }) => answerOf(item)));
  const last = answers.length < rest.length ? rest[answers.length - 1] : undefined;
  return { answers, headers: last === undefined ? {} : { link: nextLink(path, query, last.place) } };
}

import { createHash } from 'node:crypto';
import { InvalidInputError } from '../errors/errors.ts';

/** Query parameters that say where a page is, not what is listed. */
const PAGING = new Set(['limit', 'offset', 'cursor', 'view']);

/** What the places of a list look like: a time and what tells apart what has the same one. */
export const TIME_PLACE = /^\d{13}#/;

/** A name, where a list is in the order of names. */
export const NAME_PLACE = /^[^\p{Cc}]+$/u;

/** The longest sort key that the table takes, in bytes. */
const LONGEST_PLACE = 1_024;

/**
 * An opaque cursor: the place of the last item seen, bound to the list that it belongs to. It holds nothing that the
 * query itself could not reach, so it needs no signature; one of another list is refused.
 */
export function encodeCursor(place: string, query: URLSearchParams): string {
  return Buffer.from(JSON.stringify([listOf(query), place])).toString('base64url');
}

/**
 * The place that a cursor holds; one that no list of ours can have given is refused here, not by the table.
 * @throws InvalidInputError `bad-cursor`.
 */
export function decodeCursor(cursor: string, query: URLSearchParams, places: RegExp): string {
  const [list, place] = parse(cursor);
  if (list === listOf(query) && typeof place === 'string' && isPlace(place, places)) return place;
  throw new InvalidInputError(
    'bad-cursor',
    'The cursor does not belong to this list: begin again without it.',
    [{ path: 'cursor', message: 'must be taken from the Link header of the same list' }],
  );
}

/** The `Link` header that leads to the next page. */
export function nextLink(path: string, query: URLSearchParams, place: string): string {
  const next = new URLSearchParams(query);
  next.delete('offset');
  next.set('cursor', encodeCursor(place, query));
  return `<${path}?${next}>; rel="next"`;
}

function isPlace(place: string, places: RegExp): boolean {
  return places.test(place) && place.isWellFormed() && Buffer.byteLength(place) <= LONGEST_PLACE;
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function listOf(query: URLSearchParams): string {
  const filters = [...query].filter(([name]) => !PAGING.has(name)).sort();
  return createHash('sha256').update(JSON.stringify(filters)).digest('hex').slice(0, 12);
}

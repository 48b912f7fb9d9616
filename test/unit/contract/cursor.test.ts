import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, nextLink, TIME_PLACE } from '../../../shared/contract/cursor.ts';
import { artifactsQuery, parseQuery } from '../../../shared/contract/query.ts';

describe('a cursor', () => {
  const list = new URLSearchParams('app=shop&limit=5');

  it('leads back to the place it was made of', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 250 }), (place) => {
        expect(decodeCursor(encodeCursor(place, list), list, /^/)).toBe(place);
      }),
    );
  });

  it('is refused when no list can have given the place that it holds', () => {
    const places = fc.oneof(
      fc.string({ unit: 'binary' }).filter((text) => !TIME_PLACE.test(text)),
      fc.string({ minLength: 1_100, maxLength: 1_200 }).map((text) => `1795615159423#${text}`),
      fc.constant('1795615159423#\ud800'),
    );
    fc.assert(
      fc.property(places, (place) => {
        const forged = encodeCursor(place, list);
        expect(() => decodeCursor(forged, list, TIME_PLACE)).toThrow('does not belong to this list');
      }),
    );
  });

  it('goes on in the same list, whatever the size of the pages', () => {
    const link = nextLink('/api/artifacts', list, 'here');
    const query = new URLSearchParams(/\?(.*)>/.exec(link)?.[1]);
    query.set('limit', '50');
    expect(decodeCursor(query.get('cursor') ?? '', query, /^here$/)).toBe('here');
  });

  it.each(['', 'x', 'W10', encodeCursor('here', new URLSearchParams('app=other'))])(
    'is refused when it is %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, list, /^/)).toThrow('does not belong to this list');
    },
  );
});

describe('a query', () => {
  const parse = (text: string) => parseQuery(artifactsQuery, new URLSearchParams(text), ['sha']);

  it('keeps all values of a repeated name, and takes empty ones as absent', () => {
    expect(parse('sha=a&sha=b&app=&limit=-1')).toEqual({
      sha: ['a', 'b'],
      limit: 100,
      offset: 0,
      view: 'full',
    });
  });

  it.each([
    ['limit=500', 'limit'],
    ['limit=x', 'limit'],
    ['offset=1001', 'offset'],
    ['since=yesterday', 'since'],
    ['event=merge', 'event'],
    ['since=2026-02-01T00:00:00Z&until=2026-01-31T23:59:59Z', 'until must not be before `since`'],
  ])('%s is refused, naming %s', (text, path) => {
    expect(() => parse(text)).toThrow(path);
  });
});

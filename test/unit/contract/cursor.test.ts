import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, nextLink } from '../../../shared/contract/cursor.ts';
import { artifactsQuery, parseQuery } from '../../../shared/contract/query.ts';

describe('a cursor', () => {
  const list = new URLSearchParams('app=shop&limit=5');

  it('leads back to the place it was made of', () => {
    fc.assert(
      fc.property(fc.string(), (place) => {
        expect(decodeCursor(encodeCursor(place, list), list)).toBe(place);
      }),
    );
  });

  it('goes on in the same list, whatever the size of the pages', () => {
    const link = nextLink('/api/artifacts', list, 'here');
    const query = new URLSearchParams(/\?(.*)>/.exec(link)?.[1]);
    query.set('limit', '50');
    expect(decodeCursor(query.get('cursor') ?? '', query)).toBe('here');
  });

  it.each(['', 'x', 'W10', encodeCursor('here', new URLSearchParams('app=other'))])(
    'is refused when it is %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, list)).toThrow('does not belong to this list');
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
  ])('%s is refused, naming %s', (text, path) => {
    expect(() => parse(text)).toThrow(path);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPage } from '../../../shared/contract/list-page.ts';
import { answerBytes, MAX_PAGE_BYTES } from '../../../shared/contract/page-limits.ts';
import { parseQuery, wholeListQuery } from '../../../shared/contract/query.ts';

interface Item {
  readonly name: string;
  readonly text: string;
}

const PATH = '/api/things';
const NAME = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => /^[^\p{Cc}]+$/u.test(text));

function page(items: readonly Item[], query: string) {
  const search = new URLSearchParams(query);
  const request = { path: PATH, query: search };
  const { headers, answers } = listPage(request, parseQuery(wholeListQuery, search), {
    items,
    placeOf: ({ name }) => name,
    answerOf: ({ name, text }) => ({ name, text }),
  });
  const next = /^<\/api\/things\?(.*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
  return { items: answers, next };
}

function all(items: readonly Item[], query: string) {
  const pages: (readonly Item[])[] = [];
  for (let next: string | undefined = query; next !== undefined; ) {
    const one = page(items, next);
    pages.push(one.items);
    next = one.next;
  }
  return pages;
}

describe('a list that is at hand', () => {
  it('comes in pages that hold every item once, in order, however few each holds', () => {
    const items = fc.uniqueArray(fc.record({ name: NAME, text: fc.string() }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 100 }), (items, limit) => {
        const pages = all(items, `limit=${limit}`);
        const inOrder = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(pages.flat()).toEqual(inOrder);
        expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      }),
    );
  });

  it('comes whole when nobody says how much', () => {
    const items = Array.from({ length: 500 }, (_, n) => ({ name: `n${n}`, text: '' }));
    expect(page(items, '').items).toHaveLength(500);
    expect(page(items, 'limit=-1').items).toHaveLength(500);
  });

  it('goes on where an item was that is there no more', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, text: '' })) as [Item, Item, Item];
    const { next } = page([a, b, c], 'limit=2');
    expect(page([a, c], next ?? '').items).toEqual([c]);
  });

  it('ends a page at what one answer can hold', () => {
    const items = Array.from({ length: 30 }, (_, n) => ({ name: `n${n}`, text: 'x'.repeat(400_000) }));
    const pages = all(items, '');
    expect(pages.flat()).toHaveLength(30);
    expect(pages.every((one) => answerBytes(one) < MAX_PAGE_BYTES + 100)).toBe(true);
  });

  it('refuses the cursor of another list, and more than a page may have', () => {
    const items = ['a', 'b'].map((name) => ({ name, text: '' }));
    const { next } = page(items, 'limit=1');
    expect(() => page(items, `${next}&env=x`)).toThrow(/cursor does not belong/);
    expect(() => page(items, 'limit=101')).toThrow(/limit must be at most 100/);
  });
});

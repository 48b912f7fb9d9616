import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchor } from '../../../docs/reference/markdown.ts';
import { ROOT } from '../../../infra/bundle.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync(['docs/**/*.md', '{shared,local,infra,bench}/**/README.md'], { cwd: ROOT }),
];

const withoutBlocks = (markdown: string) => markdown.replace(/^```[\s\S]*?^```$/gm, '');
const read = (page: string) => withoutBlocks(readFileSync(join(ROOT, page), 'utf8'));

/** Where a page can be linked to: its headings; of those that are the same, the later ones are numbered. */
function placesOf(page: string): ReadonlySet<string> {
  const places = new Set<string>();
  for (const [, heading = ''] of read(page).matchAll(/^#{1,6} (.*)$/gm)) {
    const place = anchor(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const later = [...places].filter((other) => other.replace(/-\d+$/, '') === place).length;
    places.add(later === 0 ? place : `${place}-${later}`);
  }
  return places;
}

/** Links to pages and places of ours that lead nowhere. */
function brokenLinks(page: string): string[] {
  const links = [
    ...read(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => target);
  return links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', place] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, file))) return true;
    return place !== undefined && !placesOf(file).has(place);
  });
}

describe('the docs', () => {
  it.each(PAGES)('link to what is there: %s', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

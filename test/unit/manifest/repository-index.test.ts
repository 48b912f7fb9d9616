import { describe, expect, it } from 'vitest';
import { findEntry } from '../../../shared/adapters/charts/repository-index.ts';

const OTHERS = `  annotations-and-more:
  - annotations:
      web:
      - version: 0.0.1
    description: |
      Text that looks like an index:

        web:
        - version: 6.6.6
    name: annotations-and-more
    urls:
    - x.tgz
    version: 1.0.0
`;
const WEB = `  web:
  - apiVersion: v2
    created: "2026-01-01T00:00:00Z"
    digest: 1111111111111111111111111111111111111111111111111111111111111111
    name: web
    urls:
    - https://charts.example.com/web-1.10.tgz
    version: "1.10"
  - name: web
    urls:
    - web-1.9.0.tgz
    version: 1.9.0
`;

describe("a repository's index", () => {
  it.each([
    ['first', `apiVersion: v1\nentries:\n${WEB}${OTHERS}generated: "2026-01-01"\n`],
    ['last', `apiVersion: v1\nentries:\n${OTHERS}${WEB}`],
    ['between', `entries:\n${OTHERS}${WEB}  zoo:\n  - version: 9.9.9\n    urls: [z.tgz]\n`],
    ['indented further', `entries:\n${WEB.replaceAll(/^ {4}/gm, '      ').replaceAll(/^ {2}-/gm, '    -')}`],
    ['in quotes', `entries:\n${WEB.replace('web:', '"web":')}`],
    ['in lines that end as on Windows', `entries:\n${OTHERS}${WEB}`.replaceAll('\n', '\r\n')],
    ['in JSON', JSON.stringify({ entries: { web: [{ version: '1.9.0', urls: ['web-1.9.0.tgz'] }] } })],
  ])('is read where the chart stands %s', (_where, index) => {
    expect(findEntry(index, 'web', '1.9.0')).toMatchObject({ version: '1.9.0', urls: ['web-1.9.0.tgz'] });
  });

  it('has versions and digests as text, however they look', () => {
    const entry = findEntry(`entries:\n${WEB.replace('"1.10"', '1.10')}`, 'web', '1.10');
    expect(entry).toEqual({
      version: '1.10',
      digest: '1'.repeat(64),
      urls: ['https://charts.example.com/web-1.10.tgz'],
    });
  });

  it('may be as large as those of large repositories', () => {
    const many = Array.from({ length: 40_000 }, (_, at) =>
      OTHERS.replaceAll('annotations-and-more', `chart-${at}`),
    );
    const index = `entries:\n${many.join('')}${WEB}`;
    expect(index.length).toBeGreaterThan(8_000_000);
    expect(findEntry(index, 'web', '^1')).toMatchObject({ version: '1.10' });
  });

  it('is refused when it is large and not written as helm does', () => {
    const index = `entries: {web: [${'{version: 1.0.0, urls: [x.tgz]}, '.repeat(150_000)}]}`;
    expect(() => findEntry(index, 'web', '1.0.0')).toThrow('more than 3000000 characters');
  });

  it('has entries passed over that are not right', () => {
    const index =
      'entries:\n  web:\n  - version: latest\n    urls: [a]\n  - urls: [b]\n  - version: 1.0.0\n    urls: [c]\n';
    expect(findEntry(index, 'web', '*')).toMatchObject({ urls: ['c'] });
    expect(findEntry(index, 'web', 'latest')).toMatchObject({ urls: ['a'] });
  });

  it('says so when the version is no version', () => {
    expect(() => findEntry(`entries:\n${WEB}`, 'web', 'newest')).toThrow("'newest' is not a version");
  });
});

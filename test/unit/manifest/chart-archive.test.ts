import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartMetadata } from '../../../shared/manifest/archive/chart-metadata.ts';
import { checkChartArchive } from '../../../shared/manifest/archive/check-chart-archive.ts';
import { packChart } from '../../../shared/manifest/archive/pack-chart.ts';
import { readTar } from '../../../shared/manifest/archive/read-tar.ts';
import { packFixtureChart, packTar, packTgz, type TarEntry } from '../../support/chart-archive.ts';

function problem(archive: Uint8Array): string {
  try {
    checkChartArchive(archive);
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'chart-refused'
      ? error.message
      : `${error}`;
  }
}

function problemOf(...entries: TarEntry[]): string {
  return problem(packTgz([{ path: 'web/Chart.yaml', content: 'name: web' }, ...entries]));
}

function schema(content: object | string): TarEntry {
  return {
    path: 'web/values.schema.json',
    content: typeof content === 'string' ? content : JSON.stringify(content),
  };
}

/** A POSIX extended header for the entry after it. */
function extended(records: Readonly<Record<string, string>>): TarEntry {
  const content = Object.entries(records).map(([key, value]) => {
    const record = ` ${key}=${value}\n`;
    const length = record.length + 2;
    return `${length}${record}`;
  });
  return { path: 'PaxHeaders/x', type: 'x', content: content.join('') };
}

describe('a chart archive', () => {
  it('is fine with files, directories, long names and a schema that refers to itself', () => {
    expect(problem(packFixtureChart('web'))).toBe('none');
    expect(problemOf({ path: 'web/templates/', type: '5' })).toBe('none');
    expect(
      problemOf({ path: '@LongLink', type: 'L', content: `web/${'a'.repeat(120)}\0` }, { path: 'cut' }),
    ).toBe('none');
    expect(problemOf(extended({ path: 'web/long', mtime: '1.0' }), { path: 'cut' })).toBe('none');
    expect(problemOf({ path: 'pax', type: 'g', content: '20 comment=abcdefgh\n' })).toBe('none');
    expect(
      problemOf(schema({ properties: { a: { $ref: '#/definitions/a' }, $ref: { type: 'string' } } })),
    ).toBe('none');
  });

  it.each([
    ['a symbolic link', { type: '2', linkTo: '/etc/passwd' }],
    ['a hard link', { type: '1', linkTo: 'web/Chart.yaml' }],
    ['a device', { type: '3' }],
    ['a pipe', { type: '6' }],
    ['a sparse file', { type: 'S' }],
  ])('is refused with %s in it', (_what, entry) => {
    expect(problemOf({ path: 'web/values.yaml', ...entry })).toContain("'web/values.yaml' is a link");
  });

  it.each(['../evil', 'web/../../evil', '/etc/passwd', 'web\\..\\evil', 'C:/evil', 'web/..'])(
    'is refused with the path %s',
    (path) => {
      expect(problemOf({ path })).toContain('may lead out of it');
      expect(problemOf(extended({ path }), { path: 'web/fine' })).toContain('may lead out of it');
    },
  );

  it('is refused when another reader may see another name', () => {
    const long: TarEntry = { path: 'x', type: 'L', content: 'web/a' };
    expect(problemOf(long, extended({ path: 'web/b' }), { path: 'web/c' })).toContain('two names');
    expect(problemOf({ path: 'x', type: 'g', content: '14 path=web/b\n' }, { path: 'web/c' })).toContain(
      'two names',
    );
    expect(problemOf(extended({ 'GNU.sparse.name': 'web/b' }), { path: 'web/c' })).toContain(
      'GNU.sparse.name',
    );
    expect(problemOf({ path: 'x', type: 'x', content: 'nonsense' }, { path: 'web/c' })).toContain(
      'extended header',
    );
  });

  it.each([
    ['is fetched', { $ref: 'https://schemas.example.com/x.json' }, 'schemas.example.com'],
    [
      'is fetched deep inside',
      { properties: { a: { anyOf: [{ $ref: 'http://169.254.169.254/' }] } } },
      '169.254',
    ],
    ['is read from the disk', { $ref: 'file:///etc/passwd' }, 'file:///etc/passwd'],
    ['is beside it', { $ref: 'other.json#/a' }, 'other.json'],
    ['is another language of schemas', { $schema: 'https://evil.example.com/schema' }, 'evil.example.com'],
    ['is dynamic', { $dynamicRef: 'https://evil.example.com/schema' }, 'evil.example.com'],
  ])('is refused when its schema refers to what %s', (_what, content, words) => {
    expect(problemOf(schema(content))).toContain(words);
  });

  it('is refused when its schema can not be read', () => {
    expect(problemOf(schema('{"$ref": '))).toContain('is not JSON');
    expect(problemOf(schema(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`))).toContain('deep');
  });

  it('is looked into where charts are packed in it', () => {
    const inner = packTgz([schema({ $ref: 'https://evil.example.com/' })]);
    expect(problemOf({ path: 'web/charts/inner-1.0.0.tgz', content: inner })).toContain('evil.example.com');
    const innermost = packTgz([{ path: 'x/charts/inner.tgz', content: inner }]);
    expect(problemOf({ path: 'web/charts/x.tgz', content: innermost })).toContain('evil.example.com');
    expect(problemOf({ path: 'web/charts/broken.tgz', content: 'x' })).toContain(
      'web/charts/broken.tgz is not a gzip',
    );
  });

  it('is refused when charts are packed in one another for ever', () => {
    let archive = packTgz([{ path: 'x/Chart.yaml' }]);
    for (let depth = 0; depth < 8; depth += 1)
      archive = packTgz([{ path: 'x/charts/x.tgz', content: archive }]);
    expect(problem(archive)).toContain('deep');
  });

  it('is bounded in what it unpacks to, with all that is packed in it', () => {
    expect(problem(gzipSync(Buffer.alloc(25_000_000)))).toContain('more than 20000000 bytes');
    const half = packTgz([{ path: 'x/big', content: Buffer.alloc(9_000_000) }]);
    const three = [1, 2, 3].map((at) => ({ path: `web/charts/${at}.tgz`, content: half }));
    expect(problemOf(...three)).toContain('more than 20000000 bytes');
  });

  it('is bounded in its files', () => {
    const files = Array.from({ length: 2_001 }, (_, at) => ({ path: `web/files/${at}` }));
    expect(problem(packTgz(files))).toContain('more than 2000 files');
    expect(problem(packTgz(files.slice(1)))).toBe('none');
  });

  it('is refused when it is none', () => {
    expect(problem(Buffer.from('hello'))).toContain('not a gzip archive');
    expect(problem(gzipSync(Buffer.alloc(1024, '0')))).toContain('not a tar archive');
    expect(
      problem(gzipSync(packTar([{ path: 'web/a', content: 'x'.repeat(2000) }]).subarray(0, 1024))),
    ).toContain('cut off');
  });
});

describe('a chart that we pack', () => {
  const files = (content: Record<string, string>) =>
    new Map(Object.entries(content).map(([path, text]) => [path, Buffer.from(text)]));
  const MINIMAL = { 'Chart.yaml': 'name: web\nversion: 1.10' };

  it('is an archive as any other, whatever its files are called and hold', () => {
    const names = fc.stringMatching(/^[a-z]{1,60}(\/[a-zäö]{1,60}){0,3}$/);
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (others) => {
        const archive = packChart(files({ ...others, ...MINIMAL }));
        expect(problem(archive)).toBe('none');
        const read = [...readTar(gunzipSync(archive))].map(({ path, content }) => [path, content.toString()]);
        const wanted = Object.entries({ ...others, ...MINIMAL }).map(([path, text]) => [
          `chart/${path}`,
          text.toWellFormed(),
        ]);
        expect(Object.fromEntries(read)).toEqual(Object.fromEntries(wanted));
      }),
    );
  });

  it('has the same bytes for the same files, in whatever order', () => {
    const one = packChart(files({ ...MINIMAL, 'templates/a.yaml': 'a' }));
    const other = packChart(files({ 'templates/a.yaml': 'a', ...MINIMAL }));
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });

  it('says what it is called', () => {
    expect(chartMetadata(packChart(files(MINIMAL)))).toEqual({ name: 'web', version: '1.10' });
    expect(chartMetadata(packFixtureChart('web'))).toMatchObject({ name: 'web', version: '1.2.0' });
    expect(() => chartMetadata(packChart(files({ 'Chart.yaml': 'name: [' })))).toThrow('is not YAML');
  });

  it('is refused without a Chart.yaml', () => {
    expect(() => packChart(files({ 'charts/web/Chart.yaml': '' }))).toThrow('there is no Chart.yaml');
  });
});

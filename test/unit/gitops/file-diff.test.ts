import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Directory, diffDirectories } from '../../../shared/gitops/file-diff.ts';
import { git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PATH = 'staging/shop';
const directory = (files: Record<string, string>, path = PATH): Directory => ({
  path,
  files: new Map(Object.entries(files)),
});
const textOf = (before: Directory, after: Directory) =>
  diffDirectories(before, after)
    .map(({ text }) => text)
    .join('');

/** Texts whose lines are often the same, with and without a newline at their end, and with those of Windows. */
const text = fc
  .tuple(
    fc.array(
      fc.constantFrom('a: 1', 'b: 2', '', '-- x', '++ y', '\\ No newline', '@@ -1 +1 @@', 'ü: ☃', 'c:\r'),
      {
        maxLength: 12,
      },
    ),
    fc.constantFrom('', '\n'),
  )
  .map(([lines, end]) => lines.join('\n') + end);
const files = fc.dictionary(
  fc.constantFrom('a.yaml', 'b.yaml', 'with space.yaml', 'ü.yaml', 'sub-"x".yaml'),
  text,
  {
    maxKeys: 4,
  },
);

/** What git makes of files and a diff. */
function applied(before: Readonly<Record<string, string>>, patch: string, names: readonly string[]) {
  using folder = temporaryFolder();
  for (const [name, content] of Object.entries(before)) write(join(folder.path, PATH, name), content);
  git(folder.path, ['apply', '--whitespace=nowarn', '-'], { input: patch });
  const found: Record<string, string> = {};
  for (const name of names) {
    const file = join(folder.path, PATH, name);
    try {
      found[name] = readFileSync(file, 'utf8');
    } catch {
      // It is not there, which is what is asked.
    }
    rmSync(file, { force: true });
  }
  return found;
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

describe('a diff of two directories', () => {
  it('makes the one of the other when git applies it', () => {
    fc.assert(
      fc.property(files, files, (before, after) => {
        const patch = textOf(directory(before), directory(after));
        const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        if (patch === '') expect(before).toEqual(after);
        else expect(applied(before, patch, names)).toEqual(after);
      }),
      { numRuns: 60 },
    );
  });

  it('is exact, too, where so much differs that the fewest edits are not looked for', () => {
    const lines = (word: string) => [...Array(2_000).keys()].map((n) => `${word} ${n}`).join('\n');
    const before = { 'a.yaml': `same\n${lines('old')}` };
    const after = { 'a.yaml': `same\n${lines('new')}\n` };
    const [only] = diffDirectories(directory(before), directory(after));
    expect(only).toMatchObject({ change: 'modified', additions: 2_001, deletions: 2_001 });
    expect(applied(before, only?.text ?? '', ['a.yaml'])).toEqual(after);
  });

  it('names what came, went and changed, and counts its lines', () => {
    const before = directory({ 'a.yaml': 'x: 1\ny: 2\n', 'gone.yaml': 'z\n', 'same.yaml': 's\n' });
    const after = directory({ 'a.yaml': 'x: 1\ny: 3\n', 'new.yaml': 'n\nm\n', 'same.yaml': 's\n' });
    expect(diffDirectories(before, after)).toMatchObject([
      { name: 'a.yaml', change: 'modified', additions: 1, deletions: 1 },
      { name: 'gone.yaml', change: 'removed', additions: 0, deletions: 1 },
      { name: 'new.yaml', change: 'added', additions: 2, deletions: 0 },
    ]);
    expect(textOf(before, after).split('\n').slice(0, 7)).toEqual([
      'diff --git a/staging/shop/a.yaml b/staging/shop/a.yaml',
      '--- a/staging/shop/a.yaml',
      '+++ b/staging/shop/a.yaml',
      '@@ -1,2 +1,2 @@',
      ' x: 1',
      '-y: 2',
      '+y: 3',
    ]);
  });

  it('of two places names both', () => {
    const [only] = diffDirectories(
      directory({ 'a.yaml': '1\n' }),
      directory({ 'a.yaml': '2\n' }, 'production/shop'),
    );
    expect(only?.text.split('\n').slice(0, 2)).toEqual([
      '--- a/staging/shop/a.yaml',
      '+++ b/production/shop/a.yaml',
    ]);
  });
});

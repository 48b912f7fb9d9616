import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyDelta } from '../../../shared/adapters/git/delta-codec.ts';
import { directoryObjects } from '../../../shared/adapters/git/directory-objects.ts';
import { MalformedError } from '../../../shared/adapters/git/malformed-error.ts';
import { gitObject } from '../../../shared/adapters/git/object-id.ts';
import {
  checkTree,
  locate,
  parseTree,
  serializeEntry,
  serializeTree,
} from '../../../shared/adapters/git/tree-codec.ts';
import { applySplice, spliceDelta, treeDelta } from '../../../shared/adapters/git/tree-delta.ts';
import { git } from '../../support/native-git.ts';
import { folderForTests } from '../../support/test-folder.ts';

const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
/** Few letters around '/' in ASCII, so that names are often a beginning of one another. */
const name = fc.stringMatching(/^[ab0.~\-é!]{1,4}$/).filter((text) => !/^\.\.?$/.test(text));
const mode = fc.constantFrom('40000', '100644', '100755', '120000', '160000');
const entries = fc
  .uniqueArray(fc.record({ mode, name, oid }), { selector: (entry) => entry.name, maxLength: 12 })
  .map((list) => list.map((entry) => ({ ...entry, name: Buffer.from(entry.name) })));

describe('trees', () => {
  const folder = folderForTests();
  beforeAll(() => void git(folder, ['init', '--quiet', '--bare']));

  it('have the bytes, and so the id, that git gives them', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const types: Record<string, string> = { '40000': 'tree', '160000': 'commit' };
        const lines = list.map(
          (entry) => `${entry.mode} ${types[entry.mode] ?? 'blob'} ${entry.oid}\t${entry.name}\0`,
        );
        const theirs = git(folder, ['mktree', '--missing', '-z'], { input: lines.join('') });
        expect(gitObject('tree', serializeTree(list)).oid).toBe(theirs);
      }),
      { numRuns: 40 },
    );
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const parsed = parseTree(serializeTree(list)).map(({ start, end, ...entry }) => entry);
        const byName = (a: { name: Buffer }, b: { name: Buffer }) => Buffer.compare(a.name, b.name);
        expect(parsed.toSorted(byName)).toEqual(list.toSorted(byName));
      }),
    );
  });

  it('take a new directory at the place where git would have sorted it', () => {
    fc.assert(
      fc.property(entries, name, oid, (list, text, id) => {
        const added = { mode: '40000', name: Buffer.from(text), oid: id };
        const others = list.filter((entry) => !entry.name.equals(added.name));
        const tree = serializeTree(others);
        const place = locate(tree, added.name);
        if (!('insertAt' in place)) throw new Error('it is not there');
        const splice = { start: place.insertAt, end: place.insertAt, bytes: serializeEntry(added) };
        expect(applySplice(tree, splice)).toEqual(serializeTree([...others, added]));
      }),
      { numRuns: 1000 },
    );
  });

  it('find every entry by its name, whatever it is', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const tree = serializeTree(list);
        for (const entry of list) expect(locate(tree, entry.name)).toMatchObject(entry);
      }),
    );
  });

  it('are read or refused, whatever is in them', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        try {
          checkTree(Buffer.from(array));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
    );
    const tree = serializeTree([{ mode: '100644', name: Buffer.from('file'), oid: 'a'.repeat(40) }]);
    for (let length = 1; length < tree.length; length += 1) {
      expect(() => checkTree(tree.subarray(0, length))).toThrow(MalformedError);
    }
  });

  it('can be made from another version by the delta between the two', () => {
    fc.assert(
      fc.property(entries, entries, fc.boolean(), (first, second, shared) => {
        const base = serializeTree(first);
        const target = serializeTree(shared ? [...first.slice(1), ...second.filter(isNotIn(first))] : second);
        expect(applyDelta(base, treeDelta(base, target), 1 << 20)).toEqual(target);
      }),
    );
  });

  it('can be made from another version by the one splice that made it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), fc.nat(), fc.uint8Array(), (array, a, b, inserted) => {
        const base = Buffer.from(array);
        const [start = 0, end = 0] = [a % (base.length + 1), b % (base.length + 1)].sort((x, y) => x - y);
        const splice = { start, end, bytes: Buffer.from(inserted) };
        expect(applyDelta(base, spliceDelta(base, splice), 1 << 20)).toEqual(applySplice(base, splice));
      }),
    );
  });

  it('of a directory of files are those that git makes of them', () => {
    const path = fc.stringMatching(/^[ab.]{1,2}x(\/[ab0-]{1,3}y){0,2}$/);
    const files = fc
      .dictionary(path, fc.string(), { minKeys: 1, maxKeys: 8, noNullPrototype: true })
      .filter((record) => {
        const paths = Object.keys(record);
        return !paths.some((one) => paths.some((other) => other.startsWith(`${one}/`)));
      });
    fc.assert(
      fc.property(files, (record) => {
        const content = new Map(Object.entries(record).map(([key, text]) => [key, Buffer.from(text)]));
        const lines = [...content].map(([key, body]) => `100644 ${gitObject('blob', body).oid}\t${key}\n`);
        git(folder, ['read-tree', '--empty']);
        git(folder, ['update-index', '--index-info'], { input: lines.join('') });
        expect(directoryObjects(content).tree).toBe(git(folder, ['write-tree', '--missing-ok']));
      }),
      { numRuns: 25 },
    );
  });
});

function isNotIn(list: readonly { name: Buffer }[]) {
  return ({ name }: { name: Buffer }) => !list.some((entry) => entry.name.equals(name));
}

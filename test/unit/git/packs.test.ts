import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDelta } from '../../../shared/adapters/git/delta-codec.ts';
import { directoryObjects } from '../../../shared/adapters/git/directory-objects.ts';
import { MalformedError } from '../../../shared/adapters/git/malformed-error.ts';
import { type GitObject, gitObject } from '../../../shared/adapters/git/object-id.ts';
import { readPack } from '../../../shared/adapters/git/pack-reader.ts';
import { type PackObject, writePack } from '../../../shared/adapters/git/pack-writer.ts';
import { serializeTree } from '../../../shared/adapters/git/tree-codec.ts';
import { treeDelta } from '../../../shared/adapters/git/tree-delta.ts';
import { git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const fileId = (n: number) => gitObject('blob', Buffer.from(`file ${n}`)).oid;

/** Versions of one tree: each has one entry more than the one before. */
function versions(count: number, size = 40): GitObject[] {
  const entry = (n: number) => ({
    mode: '100644',
    name: Buffer.from(`file-${String(n).padStart(4, '0')}`),
    oid: fileId(n),
  });
  return Array.from({ length: count }, (_, version) =>
    gitObject('tree', serializeTree(Array.from({ length: size + version }, (__, n) => entry(n)))),
  );
}

function chain(trees: readonly GitObject[]): PackObject[] {
  return trees.map((tree, index) => {
    const base = trees[index - 1];
    return base === undefined
      ? tree
      : { oid: tree.oid, base: base.oid, steps: treeDelta(base.body, tree.body) };
  });
}

function emptyRepo(path: string): void {
  git(path, ['init', '--quiet', '--bare']);
}

describe('a pack that we write', () => {
  const files = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.string({ maxLength: 2000, size: 'max' }),
    { maxKeys: 6 },
  );

  it('is taken by git with all checks on, and has the objects under their ids', () => {
    fc.assert(
      fc.property(files, fc.boolean(), (record, ofsDelta) => {
        using folder = temporaryFolder();
        emptyRepo(folder.path);
        const content = new Map(Object.entries(record).map(([key, text]) => [key, Buffer.from(text)]));
        const blobs = Array.from({ length: 44 }, (_, n) => gitObject('blob', Buffer.from(`file ${n}`)));
        const all = [...directoryObjects(content).objects, ...blobs, ...chain(versions(4))];
        const unique = [...new Map(all.map((object) => [object.oid, object])).values()];
        git(folder.path, ['index-pack', '--stdin', '--strict'], { input: writePack(unique, { ofsDelta }) });
        const oids = unique.map(({ oid }) => oid);
        const found = git(folder.path, ['cat-file', '--batch-check=%(objectname)'], {
          input: `${oids.join('\n')}\n`,
        });
        expect(found.split('\n')).toEqual(oids);
      }),
      { numRuns: 15 },
    );
  });

  it('has the deltas that it was given, as git verifies them', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'chain.pack');
    writeFileSync(path, writePack(chain(versions(6)), { ofsDelta: true }));
    emptyRepo(folder.path);
    git(folder.path, ['index-pack', path]);
    const out = git(folder.path, ['verify-pack', '-v', path]);
    expect(out).toMatch(/non delta: 1 object\n/);
    expect(out).toMatch(/chain length = 5: 1 object\n/);
  });

  it('comes back when we read it, but for the blobs, which are of no use to us', () => {
    fc.assert(
      fc.property(files, fc.boolean(), (record, ofsDelta) => {
        const content = new Map(Object.entries(record).map(([key, text]) => [key, Buffer.from(text)]));
        const { objects } = directoryObjects(content);
        const unique = [
          ...new Map([...objects, ...versions(4)].map((object) => [object.oid, object])).values(),
        ];
        const packed = [
          ...new Map([...objects, ...chain(versions(4))].map((object) => [object.oid, object])).values(),
        ];
        const read = readPack(writePack(packed, { ofsDelta }));
        const trees = unique.filter(({ type }) => type !== 'blob');
        expect([...read.values()].sort(byOid)).toEqual(trees.toSorted(byOid));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a pack that git writes', () => {
  it.each([
    ['by distance', ['--delta-base-offset']],
    ['by id', []],
  ])('is read with deltas that name their base %s', (_, options) => {
    using folder = temporaryFolder();
    emptyRepo(folder.path);
    const trees = versions(12);
    const loose = writePack(trees, { ofsDelta: true });
    git(folder.path, ['index-pack', '--stdin'], { input: loose });
    const input = `${trees.map(({ oid }) => oid).join('\n')}\n`;
    const pack = execFileSync('git', ['pack-objects', '--stdout', '--no-reuse-delta', ...options], {
      cwd: folder.path,
      input,
      stdio: 'pipe',
    });
    expect([...readPack(pack).values()].sort(byOid)).toEqual(trees.toSorted(byOid));
  });

  it('is read when it is thin, from the objects that we hold', () => {
    const [base, next] = versions(2);
    if (base === undefined || next === undefined) throw new Error('two versions');
    const thin = writePack([{ oid: next.oid, base: base.oid, steps: treeDelta(base.body, next.body) }], {
      ofsDelta: true,
    });
    expect(readPack(thin, { base: (oid) => (oid === base.oid ? base : undefined) }).get(next.oid)).toEqual(
      next,
    );
    expect(readPack(thin).has(next.oid)).toBe(false);
  });
});

describe('a pack that can not be trusted', () => {
  const pack = writePack(chain(versions(3)), { ofsDelta: true });

  it('is refused when any byte of it is another', () => {
    fc.assert(
      fc.property(fc.nat(pack.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = Buffer.from(pack);
        broken[at] = (broken[at] ?? 0) ^ change;
        expect(() => readPack(broken)).toThrow(MalformedError);
      }),
    );
  });

  it('is read or refused when its checksum is right and the rest is not', () => {
    const ids = new Set(versions(3).map(({ oid }) => oid));
    fc.assert(
      fc.property(fc.nat(pack.length - 21), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const body = Buffer.from(pack.subarray(0, -20));
        body[at] = (body[at] ?? 0) ^ change;
        const resealed = Buffer.concat([body, createHash('sha1').update(body).digest()]);
        try {
          for (const [oid, object] of readPack(resealed)) {
            expect(gitObject(object.type, object.body).oid).toBe(oid);
            if (ids.has(oid)) expect(versions(3)).toContainEqual(object);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
    );
  });

  it('is refused when it is cut off', () => {
    for (const length of [0, 11, 31, 40, pack.length - 1]) {
      expect(() => readPack(pack.subarray(0, length))).toThrow(MalformedError);
    }
  });

  it('is refused when it unpacks to more than the limits allow', () => {
    const limits = { maxObjects: 3, maxObjectBytes: 1 << 20, maxTotalBytes: 1 << 20 };
    expect(readPack(pack, { limits }).size).toBe(3);
    for (const tighter of [{ maxObjects: 2 }, { maxObjectBytes: 1000 }, { maxTotalBytes: 3000 }]) {
      expect(() => readPack(pack, { limits: { ...limits, ...tighter } })).toThrow(MalformedError);
    }
    const bomb = writePack([gitObject('tree', Buffer.alloc(50_000_000))], { ofsDelta: true });
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(() => readPack(bomb, { limits })).toThrow(/unpacks to more/);
  });
});

describe('a long chain of deltas', () => {
  const bodies = Array.from({ length: 20_000 }, (_, n) => gitObject('tag', Buffer.from(`version ${n}`)));
  const objects = bodies.map((object, index): PackObject => {
    const base = bodies[index - 1];
    if (base === undefined) return object;
    const steps = [{ insert: object.body }];
    return {
      oid: object.oid,
      base: base.oid,
      steps: encodeDelta(base.body.length, object.body.length, steps),
    };
  });

  it.each([
    ['from its beginning', objects],
    ['from its end, where every delta comes before its base', objects.toReversed()],
  ])('is read %s, without running out of stack or of time', (_, list) => {
    expect(readPack(writePack(list, { ofsDelta: false })).size).toBe(objects.length);
  });
});

function byOid(a: { oid: string }, b: { oid: string }): number {
  return a.oid < b.oid ? -1 : 1;
}

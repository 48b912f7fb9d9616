import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectHistory } from '../../../shared/adapters/git/commit-graph.ts';
import { pathProblem } from '../../../shared/adapters/git/edit-rules.ts';
import { requireOk } from '../../../shared/adapters/git/http-status.ts';
import { encodeLine, encodePacket, FLUSH } from '../../../shared/adapters/git/pkt-line.ts';
import {
  saysLostRace,
  saysObjectsMissing,
  saysPassingFault,
} from '../../../shared/adapters/git/push-words.ts';
import { parsePushReport } from '../../../shared/adapters/git/receive-pack.ts';
import { parseAdvertisement, parseFetchV0, parseFetchV2 } from '../../../shared/adapters/git/upload-pack.ts';
import type { CommitRecord } from '../../../shared/gitops/git-engine.ts';
import { git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('a path that we take', () => {
  it('is one that git takes too, with the checks for macOS and Windows on', () => {
    using folder = temporaryFolder();
    git(folder.path, ['init', '--quiet', '--bare']);
    const blob = git(folder.path, ['hash-object', '-w', '--stdin'], { input: '' });
    const segment = fc.oneof(
      fc.stringMatching(/^[.gitGIT~1 :\\/]{1,6}$/),
      fc.constantFrom('.git', 'git~1', '..', '.', '.git ', '.g\u200cit', '.git:x', '.gitmodules', '...', 'a'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    fc.assert(
      fc.property(fc.array(path, { minLength: 20, maxLength: 60 }), (paths) => {
        const taken = new Set(paths.filter((one) => pathProblem(one) === undefined));
        for (const one of taken) {
          git(folder.path, ['read-tree', '--empty']);
          const checks = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];
          git(folder.path, [...checks, 'update-index', '--add', '--cacheinfo', `100644,${blob},${one}`]);
        }
      }),
      { numRuns: 4 },
    );
  });
});

describe('the commits since another', () => {
  /** Commit n may have any commits before it as parents. */
  const graph = fc
    .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
    .map((list) =>
      list.map((parents, n) => [...new Set(n === 0 ? [] : parents.map((parent) => parent % n))]),
    );

  it('are all that the tip has and the other has not, children first', () => {
    fc.assert(
      fc.property(graph, fc.nat(), (parentsOf, pick) => {
        const id = (n: number) => `c${n}`;
        const records = parentsOf.map(
          (parents, n): CommitRecord => ({ oid: id(n), parents: parents.map(id), message: '' }),
        );
        const reach = (n: number): Set<number> =>
          new Set([n, ...(parentsOf[n] ?? []).flatMap((parent) => [...reach(parent)])]);
        const tip = parentsOf.length - 1;
        const since = pick % parentsOf.length;
        const known = new Map(records.map((record) => [record.oid, record]));
        const { commits, complete } = selectHistory({ tip: id(tip), since: id(since), known });
        const expected = [...reach(tip)].filter((n) => !reach(since).has(n)).map(id);
        expect(complete).toBe(true);
        expect(commits.map(({ oid }) => oid).toSorted()).toEqual(expected.toSorted());
        const position = new Map(commits.map(({ oid }, index) => [oid, index]));
        for (const { oid, parents } of commits) {
          for (const parent of parents) {
            expect(position.get(parent) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(position.get(oid) ?? 0);
          }
        }
      }),
    );
  });

  it('are not complete when a parent on the way is not known', () => {
    const known = new Map([['b', { oid: 'b', parents: ['a'], message: '' }]]);
    expect(selectHistory({ tip: 'b', since: null, known })).toMatchObject({
      complete: false,
      reached: false,
    });
    expect(selectHistory({ tip: 'b', since: 'a', known })).toMatchObject({ complete: true, reached: true });
    expect(selectHistory({ tip: 'b', since: 'x', known })).toMatchObject({ complete: false, reached: false });
  });
});

describe("a server's answer", () => {
  const answer =
    (status: number, headers: Record<string, string> = {}, body = '') =>
    () =>
      requireOk({ status, headers, body: Buffer.from(body), host: 'git.example.com' });

  it.each([
    [301, 'unprocessable', /redirect.*final address/],
    [203, 'unprocessable', /credential is missing, wrong or expired/],
    [401, 'unprocessable', /credential is missing, wrong or expired/],
    [403, 'unprocessable', /may not do this/],
    [404, 'unprocessable', /no such repo/],
    [413, 'unprocessable', /413/],
    [429, 'transient', /too many requests/],
    [500, 'transient', /500/],
    [503, 'transient', /503/],
  ])('of %i is %s and says what to do', (status, kind, words) => {
    expect(answer(status)).toThrow(expect.objectContaining({ kind, message: expect.stringMatching(words) }));
  });

  it('brings its own words, but no page of HTML and no control characters', () => {
    expect(answer(403, {}, 'Quota\u001b[31m exceeded\nmore')).toThrow(/403 \(Quota exceeded\)/);
    expect(answer(403, {}, '<html>sign in</html>')).not.toThrow(/html/);
  });

  it('hands on when to come back, in seconds or as a date', () => {
    expect(answer(429, { 'retry-after': '30' })).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ retryAfterSeconds: 30 }) }),
    );
    const date = 'Sun, 22 Nov 2026 10:00:00 GMT';
    expect(answer(503, { 'retry-after': date })).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ retryAfterDate: date, sent: true }) }),
    );
  });

  it('to a fetch is refused, not taken for an empty repo, when it has no pack', () => {
    expect(() => parseFetchV2(Buffer.concat([encodeLine('acknowledgments'), FLUSH]))).toThrow(
      /no packfile section/,
    );
    expect(() => parseFetchV2(encodeLine("ERR filter 'tree' not supported"))).toThrow(
      "filter 'tree' not supported",
    );
    expect(() => parseFetchV0(encodeLine('NAK'))).toThrow(/no pack/);
    const fatal = Buffer.concat([
      encodeLine('packfile'),
      encodePacket(Buffer.from('\u0003upload-pack: out of memory')),
      FLUSH,
    ]);
    expect(() => parseFetchV2(fatal)).toThrow('out of memory');
  });

  it('of version 0 is read without side bands too', () => {
    const pack = Buffer.from('PACK and so on');
    expect(
      parseFetchV0(Buffer.concat([encodeLine(`shallow ${'a'.repeat(40)}`), FLUSH, encodeLine('NAK'), pack])),
    ).toEqual(pack);
  });

  it('that speaks of SHA-256 is refused with the reason', () => {
    const service = 'git-upload-pack';
    const v2 = [encodeLine('version 2'), encodeLine('ls-refs'), encodeLine('object-format=sha256'), FLUSH];
    const v0 = [encodeLine(`${'a'.repeat(64)} refs/heads/main\0report-status object-format=sha256`), FLUSH];
    for (const lines of [v2, v0])
      expect(() => parseAdvertisement(Buffer.concat(lines), service)).toThrow(/only SHA-1/);
  });
});

describe("a server's report on a push", () => {
  const ref = 'refs/heads/main';
  const report = (...lines: string[]) => Buffer.concat([...lines.map(encodeLine), FLUSH]);
  const read = (body: Buffer) => parsePushReport(body, ref, ['report-status']);

  it('is understood', () => {
    expect(read(report('unpack ok', `ok ${ref}`))).toMatchObject({ accepted: true });
    expect(read(report('unpack ok', `ng ${ref} hook declined`))).toMatchObject({
      accepted: false,
      words: 'hook declined',
    });
    expect(read(report('unpack index-pack abnormal exit', `ng ${ref} unpacker error`))).toEqual({
      accepted: false,
      unpack: 'index-pack abnormal exit',
      words: 'index-pack abnormal exit\nunpacker error',
    });
  });

  it('is nothing when it is not whole, is of another ref, or is something else', () => {
    const whole = report('unpack ok', `ok ${ref}`);
    expect(read(whole.subarray(0, 20))).toBeUndefined();
    expect(read(report('unpack ok'))).toBeUndefined();
    expect(read(report('unpack ok', 'ok refs/heads/other'))).toBeUndefined();
    expect(read(Buffer.from('<html>'))).toBeUndefined();
    expect(read(Buffer.alloc(0))).toBeUndefined();
  });

  it.each([
    ["cannot lock ref 'refs/heads/main': is at 1234 but expected 5678", 'lost race'],
    ['failed to update ref', 'lost race'],
    ['incorrect old value provided', 'lost race'],
    ['reference already exists', 'lost race'],
    ["cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'", 'refusal'],
    ['missing necessary objects', 'objects missing'],
    ['fatal: unresolved deltas left after unpacking', 'objects missing'],
    ['unpacker error', 'objects missing'],
    ['fatal: early EOF\nindex-pack failed', 'passing fault'],
    ['internal server error', 'passing fault'],
    ['pre-receive hook declined', 'refusal'],
    ['GH006: Protected branch update failed', 'refusal'],
  ])('%j is read as: %s', (words, meaning) => {
    const race = saysLostRace(words) && 'lost race';
    const missing = saysObjectsMissing(words) && 'objects missing';
    const passing = saysPassingFault(words) && 'passing fault';
    expect([race, missing, passing].filter(Boolean)).toEqual(meaning === 'refusal' ? [] : [meaning]);
  });
});

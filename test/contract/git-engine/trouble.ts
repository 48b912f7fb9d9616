import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitRefusedError, TransientError } from '../../../shared/errors/errors.ts';
import { edit, files, write } from '../../support/git-edits.ts';
import { filesOf, fsckStrict, git, installHook } from '../../support/native-git.ts';
import type { EngineUnderTest } from './engine-under-test.ts';

const BAD_PATHS = [
  ...['', '/', 'staging/', '/staging', 'staging//app', '..', 'staging/../prod', './staging'],
  ...[
    '.git/hooks',
    'a/.GIT/b',
    'a/.git /b',
    'a/.git./b',
    'a/git~1',
    'a/.g\u200cit',
    'a/.git::$INDEX_ALLOCATION',
  ],
  ...['a\\b', 'a\0b', 'a\nb', 'a/\ud800', `a/${'x'.repeat(256)}`],
];

/** What an engine says of edits that can’t be, of others who push, and of servers that fail. */
export function describeTrouble(tested: EngineUnderTest): void {
  describe('refusing an edit', () => {
    it.each([
      ['a symlink', { symlink: 'elsewhere' }, /symlink/],
      ['a submodule', { submodule: 'd'.repeat(40) }, /submodule/],
      ['a file', 'a file', /file/],
    ] as const)(
      'says so when %s is where the directory should be, and writes the others',
      async (_, entry, words) => {
        tested.foreign({ 'staging/app': entry, parent: entry, 'staging/other/x': 'x' });
        const plan = await write(
          tested.branch,
          edit('staging/app', files({ a: '1' })),
          edit('parent/app', files({ a: '1' })),
          edit('staging/app', { kind: 'absent' }),
          edit('staging/good', files({ a: '1' })),
        );
        expect(plan.edits.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused', 'commit']);
        expect(plan.edits[0]).toMatchObject({
          code: 'not-a-directory',
          reason: expect.stringMatching(words),
        });
        expect(plan.edits[0]).toMatchObject({ reason: expect.stringContaining("'staging/app'") });
        expect(plan.edits[1]).toMatchObject({ reason: expect.stringContaining("'parent'") });
        expect(filesOf(tested.repo.path, tested.tip())).toMatchObject({ 'staging/good/a': '1' });
      },
    );

    it('refuses every path that git or a file system would not take, as a directory and as a file in it', async () => {
      for (const path of BAD_PATHS) {
        const { edits, tip: planned } = await tested.branch.plan([
          edit(path, files({ a: '1' })),
          edit('staging/app', files({ [path]: '1' })),
        ]);
        const refused = { outcome: 'refused', code: 'bad-path' };
        expect({ path, edits }).toMatchObject({ path, edits: [refused, refused] });
        expect(planned).toBeNull();
      }
    });

    it.each([
      ['a file below a file', { content: files({ a: '1', 'a/b': '2' }) }, 'bad-path'],
      ['a message without its newline', { message: 'subject' }, 'bad-message'],
      ['a message with control characters', { message: 'subject\u001b[0m\n' }, 'bad-message'],
      ['a name that breaks the header', { identity: { name: 'a <b>', email: 'c@d' } }, 'bad-identity'],
      ['a time that is none', { time: Number.NaN }, 'bad-time'],
      [
        'the empty tree',
        { content: { kind: 'tree', tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' } },
        'bad-tree',
      ],
      ['a tree id that is none', { content: { kind: 'tree', tree: 'main' } }, 'bad-tree'],
    ] as const)('refuses %s', async (_, changes, code) => {
      const { edits } = await tested.branch.plan([{ ...edit('staging/app', files({ a: '1' })), ...changes }]);
      expect(edits).toMatchObject([{ outcome: 'refused', code }]);
    });
  });

  describe('when somebody else pushes', () => {
    it("says 'moved', keeps their commit, and plans again on top of it", async () => {
      tested.foreign({ 'staging/app/a': '1' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '2' }))]);
      const theirs = tested.foreign({ 'prod/app/a': 'theirs' });
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'moved' });
      expect(tested.tip()).toBe(theirs);
      expect(await tested.branch.tip({ fresh: true })).toBe(theirs);
      const again = await write(tested.branch, edit('staging/app', files({ a: '2' })));
      expect(again.base).toBe(theirs);
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'staging/app/a': '2',
        'prod/app/a': 'theirs',
      });
      fsckStrict(tested.repo.path);
    });

    it('sees their change to our own directory', async () => {
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
      tested.foreign({ 'staging/app/a': 'theirs', 'staging/app/b': 'theirs', 'new/app/x': 'x' });
      const theirTree = git(tested.repo.path, ['rev-parse', 'main:staging/app']);
      await tested.branch.tip({ fresh: true });
      const plan = await write(
        tested.branch,
        edit('staging/app', files({ a: '1' })),
        edit('new/app', files({ x: 'y' })),
      );
      expect(plan.edits[0]).toMatchObject({ outcome: 'commit', previousTree: theirTree });
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/app/a': '1', 'new/app/x': 'y' });
    });

    it("says 'moved' when the branch we thought new is there", async () => {
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      const theirs = tested.foreign({ x: 'x' });
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'moved' });
      expect(tested.tip()).toBe(theirs);
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ x: 'x', 'staging/app/a': '1' });
    });

    it("says 'moved' when they hold the lock on the branch and are not done yet", async () => {
      const before = tested.foreign({ x: 'x' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      const lock = join(tested.repo.path, 'refs/heads/main.lock');
      writeFileSync(lock, '');
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'moved' });
      expect(tested.tip()).toBe(before);
      rmSync(lock);
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
    });

    it("says 'moved' when the branch was set back, though ours would be a fast-forward", async () => {
      const first = tested.foreign({ x: '1' });
      tested.foreign({ x: '2' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      git(tested.repo.path, ['update-ref', 'refs/heads/main', first]);
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'moved' });
      expect(tested.tip()).toBe(first);
    });

    it('goes on after a force push that shares nothing with what we knew', async () => {
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
      git(tested.repo.path, ['update-ref', '-d', 'refs/heads/main']);
      tested.foreign({ 'prod/app/a': 'other history' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '2' }))]);
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'moved' });
      await write(tested.branch, edit('staging/app', files({ a: '2' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'prod/app/a': 'other history',
        'staging/app/a': '2',
      });
      fsckStrict(tested.repo.path);
    });
  });

  describe('when the server does not do as asked', () => {
    it("says 'refused' with the words of a hook", async () => {
      const before = tested.foreign({ x: 'x' });
      installHook(tested.repo.path, 'pre-receive', 'echo "Freeze until Monday" >&2; exit 1');
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      const outcome = await tested.branch.push(plan);
      expect(outcome).toMatchObject({
        outcome: 'refused',
        reason: expect.stringContaining('Freeze until Monday'),
      });
      expect(outcome).toMatchObject({ reason: expect.stringContaining('pre-receive hook declined') });
      expect(tested.tip()).toBe(before);
    });

    it('throws GitRefusedError for a wrong credential, and does not repeat it', async () => {
      const stranger = await tested
        .engine({ token: 'wrong-token' })
        .open({ url: tested.repo.url, branch: tested.repo.branch });
      const error = await stranger.tip({ fresh: true }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(GitRefusedError);
      expect(String(error)).toMatch(/401.*credential/);
      expect(JSON.stringify([error, String(error)])).not.toContain('wrong-token');
    });

    it('throws GitRefusedError for a repo that is not there', async () => {
      const nowhere = await tested.engine().open({ url: `${tested.repo.url}x`, branch: 'main' });
      await expect(nowhere.tip({ fresh: true })).rejects.toThrow(GitRefusedError);
    });

    it('follows no redirect', async () => {
      const location = 'http://127.0.0.1:9/elsewhere';
      tested.server.failNext(/info\/refs/, { kind: 'answer', status: 301, headers: { location } });
      await expect(tested.branch.tip({ fresh: true })).rejects.toThrow(/redirect/);
    });

    it('throws TransientError when nobody listens', async () => {
      const silent = await tested.engine().open({ url: 'http://127.0.0.1:1/repo.git', branch: 'main' });
      await expect(silent.tip({ fresh: true })).rejects.toThrow(TransientError);
    });

    it('throws TransientError when the server does not answer in time', async () => {
      const hasty = await tested
        .engine({ idleTimeoutMs: 100 })
        .open({ url: tested.repo.url, branch: 'main' });
      tested.server.failNext(/info\/refs/, { kind: 'stall', ms: 1000 });
      await expect(hasty.tip({ fresh: true })).rejects.toMatchObject({
        code: 'git-timeout',
        kind: 'transient',
      });
    });

    it('hands on how long a server that throttles wants to be left alone', async () => {
      const headers = { 'retry-after': '17' };
      tested.server.failNext(/info\/refs/, { kind: 'answer', status: 429, headers });
      await expect(tested.branch.tip({ fresh: true })).rejects.toMatchObject({
        code: 'git-throttled',
        data: { retryAfterSeconds: 17 },
      });
    });

    it('refuses a URL that carries a credential, or that is not https outside this machine', async () => {
      for (const url of [
        'https://user:secret@example.com/r.git',
        'http://example.com/r.git',
        'file:///tmp/r.git',
      ]) {
        await expect(tested.engine().open({ url, branch: 'main' })).rejects.toThrow(GitRefusedError);
      }
    });
  });

  describe('when the answer to a push is lost', () => {
    it.each([
      ['the connection ends', { kind: 'drop-answer' }],
      ['a proxy gives up', { kind: 'bad-gateway-after' }],
      ['the answer breaks off', { kind: 'cut-answer', afterBytes: 10 }],
    ] as const)("says 'unknown' when %s, and a scan finds the commit", async (_, fault) => {
      const before = tested.foreign({ x: 'x' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      tested.server.failNext(/^\/git-receive-pack/, fault);
      expect(await tested.branch.push(plan)).toMatchObject({ outcome: 'unknown' });
      expect(await tested.branch.tip({ fresh: true })).toBe(plan.tip);
      const scan = await tested.branch.commitsSince(before, 100);
      expect(scan).toMatchObject({ reached: true, commits: [{ oid: plan.tip, parents: [before] }] });
      expect(scan.commits[0]?.message).toContain('Release-Id: staging/app-1');
    });

    it("says 'unknown' when the connection ends before git saw it, and the same edit goes through after", async () => {
      const before = tested.foreign({ x: 'x' });
      const plan = await tested.branch.plan([edit('staging/app', files({ a: '1' }))]);
      tested.server.failNext(/^\/git-receive-pack/, { kind: 'reset-before' });
      expect(await tested.branch.push(plan)).toMatchObject({ outcome: 'unknown' });
      expect(await tested.branch.commitsSince(before, 100)).toEqual({ commits: [], reached: true });
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
      expect(git(tested.repo.path, ['rev-list', '--count', 'main'])).toBe('2');
    });
  });
}

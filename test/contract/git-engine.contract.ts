import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GitRefusedError, TransientError } from '../../shared/errors/errors.ts';
import { type GitCredentials, TOKEN_USERNAME } from '../../shared/gitops/git-credentials.ts';
import type { DirectoryContent, Edit, GitBranch, GitEngine, Plan } from '../../shared/gitops/git-engine.ts';
import { TestGitServer, type TestRepo } from '../support/git-server.ts';
import {
  commitForeign,
  filesOf,
  fsckStrict,
  git,
  installHook,
  listTree,
  tipOf,
} from '../support/native-git.ts';

const TOKEN = 'a-token-of-the-tests';
const TIME = 1_800_000_000;

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

/** Options that every engine must take; each test that needs a fresh engine makes one. */
export type EngineFactory = (options: {
  readonly credentials: GitCredentials;
  readonly idleTimeoutMs?: number;
}) => GitEngine;

export function files(entries: Readonly<Record<string, string>>): DirectoryContent {
  const bytes = Object.entries(entries).map(([path, text]) => [path, Buffer.from(text)] as const);
  return { kind: 'files', files: new Map(bytes) };
}

export function edit(directory: string, content: DirectoryContent, changes: Partial<Edit> = {}): Edit {
  return {
    directory,
    content,
    message: `[Gimlet] ${directory} automated deploy\n\nRelease-Id: ${directory}-1\n`,
    identity: { name: 'Gimlet', email: 'gimlet@example.com' },
    time: TIME,
    ...changes,
  };
}

/** Plans and pushes; fails the test unless the push is taken. */
export async function write(branch: GitBranch, ...edits: readonly Edit[]): Promise<Plan> {
  const plan = await branch.plan(edits);
  expect(await branch.push(plan)).toEqual({ outcome: 'pushed' });
  return plan;
}

/** What every implementation of the port `GitEngine` must do, against a real git server. */
export function describeGitEngine(name: string, makeEngine: EngineFactory): void {
  describe(name, () => {
    let server: TestGitServer;
    let repo: TestRepo;
    let branch: GitBranch;
    const engine = (token: string | undefined = TOKEN, options: { idleTimeoutMs?: number } = {}) =>
      makeEngine({ credentials: async () => ({ username: TOKEN_USERNAME, password: token }), ...options });
    const open = () => engine().open({ url: repo.url, branch: repo.branch });
    const foreign = (
      ...[entries, options]: [Parameters<typeof commitForeign>[2], { message?: string; time?: number }?]
    ) => commitForeign(repo.path, repo.branch, entries, options);
    const tip = () => {
      const oid = tipOf(repo.path, repo.branch);
      if (oid === null) throw new Error('the branch has no commit');
      return oid;
    };

    beforeAll(async () => {
      server = await TestGitServer.start();
      server.requiredToken = TOKEN;
    });
    beforeEach(async () => {
      repo = await server.createRepo();
      branch = await open();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    describe('writing', () => {
      it('makes the first commit of an empty repo', async () => {
        expect(await branch.tip({ fresh: false })).toBeNull();
        const plan = await write(
          branch,
          edit('staging/app', files({ 'a.yaml': 'a\n', 'deep/er/b.yaml': 'b\n' })),
        );
        expect(plan.base).toBeNull();
        expect(plan.tip).toBe(tip());
        expect(await branch.tip({ fresh: true })).toBe(tip());
        expect(filesOf(repo.path, tip())).toEqual({
          'staging/app/a.yaml': 'a',
          'staging/app/deep/er/b.yaml': 'b',
        });
        expect(git(repo.path, ['rev-list', '--count', 'main'])).toBe('1');
        fsckStrict(repo.path);
      });

      it('makes the first commit of a branch beside others', async () => {
        commitForeign(repo.path, 'other', { 'README.md': 'hello' });
        await write(branch, edit('staging/app', files({ a: '1' })));
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/app/a': '1' });
        expect(filesOf(repo.path, 'other')).toEqual({ 'README.md': 'hello' });
      });

      it('replaces a directory as a whole: files that are not given vanish', async () => {
        foreign({
          'staging/app/old.yaml': 'old',
          'staging/app/sub/old.yaml': 'old',
          'staging/app/keep.yaml': 'keep',
        });
        await write(branch, edit('staging/app', files({ 'keep.yaml': 'keep', 'new/x.yaml': 'x' })));
        expect(filesOf(repo.path, tip())).toEqual({
          'staging/app/keep.yaml': 'keep',
          'staging/app/new/x.yaml': 'x',
        });
      });

      it('leaves everything else as it is: symlinks, submodules, programs, and names that sort oddly', async () => {
        foreign({
          'README.md': 'read me',
          link: { symlink: 'README.md' },
          'run.sh': { executable: '#!/bin/sh' },
          module: { submodule: 'a'.repeat(40) },
          'staging/app.txt': 'sorts before the directory',
          'staging/app-2/x': 'x',
          'staging/app0/x': 'x',
          'staging/link': { symlink: '../README.md' },
          'staging/module': { submodule: 'b'.repeat(40) },
          'staging/run': { executable: 'run' },
          'staging.d/x': 'x',
        });
        const before = listTree(repo.path, tip());
        await write(branch, edit('staging/app', files({ a: '1' })), edit('prod/app', files({ a: '1' })));
        const after = listTree(repo.path, tip());
        expect(after.filter((line) => !/\t(staging|prod)\/app\//.test(line))).toEqual(before);
        expect(after).toHaveLength(before.length + 2);
        fsckStrict(repo.path);
      });

      it('writes several edits in one push, a commit for each, in their order', async () => {
        const planned = await write(
          branch,
          edit('staging/a', files({ f: '1' }), { message: 'first\n' }),
          edit('prod/b', files({ f: '2' }), { message: 'second\n' }),
          edit('staging/a', files({ f: '3' }), { message: 'third\n' }),
        );
        expect(git(repo.path, ['log', '--reverse', '--format=%s', 'main']).split('\n')).toEqual([
          'first',
          'second',
          'third',
        ]);
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/a/f': '3', 'prod/b/f': '2' });
        const log = git(repo.path, ['log', '--reverse', '--format=%H', 'main']).split('\n');
        expect(planned.edits.map((one) => one.outcome === 'commit' && one.commit)).toEqual(log);
      });

      it('goes on from its own push without being told', async () => {
        await write(branch, edit('staging/a', files({ f: '1' })));
        await write(branch, edit('staging/b', files({ f: '1' })));
        await write(branch, edit('staging/a', files({ f: '2' })));
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/a/f': '2', 'staging/b/f': '1' });
        expect(git(repo.path, ['rev-list', '--count', 'main'])).toBe('3');
        fsckStrict(repo.path);
      });

      it('makes no commit for what is already so', async () => {
        const content = files({ 'a.yaml': 'a\n' });
        const first = await write(branch, edit('staging/app', content));
        const again = await branch.plan([
          edit('staging/app', content),
          edit('staging/none', { kind: 'absent' }),
        ]);
        const tree = git(repo.path, ['rev-parse', `${tip()}:staging/app`]);
        expect(again.tip).toBe(first.tip);
        expect(again.edits).toEqual([
          { outcome: 'unchanged', tree, previousTree: tree },
          { outcome: 'unchanged', tree: null, previousTree: null },
        ]);
        expect(await branch.push(again)).toEqual({ outcome: 'pushed' });
        expect(tip()).toBe(first.tip);
      });

      it('tells the tree that was there and the tree that is there now', async () => {
        foreign({ 'staging/app/a': '1' });
        const before = git(repo.path, ['rev-parse', 'main:staging/app']);
        const plan = await write(branch, edit('staging/app', files({ a: '2' })));
        const after = git(repo.path, ['rev-parse', 'main:staging/app']);
        expect(plan.edits).toEqual([{ outcome: 'commit', commit: tip(), tree: after, previousTree: before }]);
      });

      it('works on directories of any depth', async () => {
        foreign({ 'clusters/eu/prod/other/x': 'x', 'top/x': 'x' });
        await write(branch, edit('clusters/eu/prod/app', files({ a: '1' })), edit('top', files({ b: '2' })));
        expect(filesOf(repo.path, tip())).toEqual({
          'clusters/eu/prod/app/a': '1',
          'clusters/eu/prod/other/x': 'x',
          'top/b': '2',
        });
      });
    });

    describe('the commit', () => {
      it('carries message, trailers, identity and time as git reads them', async () => {
        const message = '[Gimlet] staging/app deployed by Jürgen\n\nRelease-Id: r-1\nTriggered-By: jürgen\n';
        await write(branch, edit('staging/app', files({ a: '1' }), { message }));
        const show = (format: string) => git(repo.path, ['log', '-1', `--format=${format}`, 'main']);
        expect(show('%(trailers:key=Release-Id,valueonly)').trim()).toBe('r-1');
        expect(show('%(trailers:key=Triggered-By,valueonly)').trim()).toBe('jürgen');
        expect(show('%an <%ae> %at|%cn <%ce> %ct')).toBe(
          `Gimlet <gimlet@example.com> ${TIME}|Gimlet <gimlet@example.com> ${TIME}`,
        );
        expect(git(repo.path, ['cat-file', 'commit', 'main'])).toContain(`\n\n${message.trimEnd()}`);
      });

      it("is never older than its parent, whatever the edit's clock says", async () => {
        foreign({ x: 'x' }, { time: TIME + 500 });
        await write(branch, edit('staging/app', files({ a: '1' }), { time: TIME }));
        expect(git(repo.path, ['log', '-1', '--format=%ct', 'main'])).toBe(String(TIME + 500));
      });
    });

    describe('deleting', () => {
      it('drops the directory, and its parent when that is empty then', async () => {
        foreign({ 'staging/a/f': '1', 'staging/b/f': '1', 'prod/a/f': '1' });
        await write(branch, edit('staging/a', { kind: 'absent' }), edit('prod/a', { kind: 'absent' }));
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/b/f': '1' });
        expect(git(repo.path, ['ls-tree', '--name-only', 'main'])).toBe('staging');
        fsckStrict(repo.path);
      });

      it('may leave the branch without any file, and goes on from there', async () => {
        foreign({ 'staging/a/f': '1' });
        await write(branch, edit('staging/a', { kind: 'absent' }));
        expect(listTree(repo.path, tip())).toEqual([]);
        await write(branch, edit('staging/a', files({ f: '2' })));
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/a/f': '2' });
        fsckStrict(repo.path);
      });

      it('makes no commit in an empty repo', async () => {
        const plan = await branch.plan([edit('staging/a', { kind: 'absent' })]);
        expect(plan).toMatchObject({ base: null, tip: null, edits: [{ outcome: 'unchanged', tree: null }] });
        expect(await branch.push(plan)).toEqual({ outcome: 'pushed' });
        expect(tipOf(repo.path, repo.branch)).toBeNull();
      });

      it('takes no files at all for a delete', async () => {
        foreign({ 'staging/a/f': '1', 'staging/b/f': '1' });
        await write(branch, edit('staging/a', files({})));
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/b/f': '1' });
      });
    });

    describe('restoring a tree', () => {
      it('brings back what an earlier commit had, without the files', async () => {
        foreign({ 'staging/app/a': '1', 'staging/app/sub/b': '1' });
        const tree = git(repo.path, ['rev-parse', 'main:staging/app']);
        foreign({ 'staging/app/a': '2', 'staging/app/sub/b': '2' });
        await write(branch, edit('staging/app', { kind: 'tree', tree }));
        expect(git(repo.path, ['rev-parse', 'main:staging/app'])).toBe(tree);
        fsckStrict(repo.path);
      });

      it('writes the files out when the server has the tree no more', async () => {
        const other = await server.createRepo();
        const elsewhere = await engine().open({ url: other.url, branch: other.branch });
        const content = files({ a: 'gone', 'sub/b': 'gone too' });
        await write(elsewhere, edit('staging/app', content));
        const tree = git(other.path, ['rev-parse', 'main:staging/app']);
        foreign({ 'staging/app/a': '1' });
        if (content.kind !== 'files') throw new Error('unreachable');
        await write(branch, edit('staging/app', { kind: 'tree', tree, files: content.files }));
        expect(filesOf(repo.path, tip())).toEqual({
          'staging/app/a': 'gone',
          'staging/app/sub/b': 'gone too',
        });
        fsckStrict(repo.path);
      });

      it('never lands on the branch when neither server nor caller has it', async () => {
        const before = foreign({ 'staging/app/a': '1' });
        const plan = await branch.plan([edit('staging/app', { kind: 'tree', tree: 'c'.repeat(40) })]);
        const refusedWhenPlanned = plan.edits[0]?.outcome === 'refused';
        if (!refusedWhenPlanned) expect(await branch.push(plan)).toMatchObject({ outcome: 'refused' });
        expect(tip()).toBe(before);
      });
    });

    describe('refusing an edit', () => {
      it.each([
        ['a symlink', { symlink: 'elsewhere' }, /symlink/],
        ['a submodule', { submodule: 'd'.repeat(40) }, /submodule/],
        ['a file', 'a file', /file/],
      ] as const)(
        'says so when %s is where the directory should be, and writes the others',
        async (_, entry, words) => {
          foreign({ 'staging/app': entry, parent: entry, 'staging/other/x': 'x' });
          const plan = await write(
            branch,
            edit('staging/app', files({ a: '1' })),
            edit('parent/app', files({ a: '1' })),
            edit('staging/app', { kind: 'absent' }),
            edit('staging/good', files({ a: '1' })),
          );
          expect(plan.edits.map(({ outcome }) => outcome)).toEqual([
            'refused',
            'refused',
            'refused',
            'commit',
          ]);
          expect(plan.edits[0]).toMatchObject({
            code: 'not-a-directory',
            reason: expect.stringMatching(words),
          });
          expect(plan.edits[0]).toMatchObject({ reason: expect.stringContaining("'staging/app'") });
          expect(plan.edits[1]).toMatchObject({ reason: expect.stringContaining("'parent'") });
          expect(filesOf(repo.path, tip())).toMatchObject({ 'staging/good/a': '1' });
        },
      );

      it('refuses every path that git or a file system would not take, as a directory and as a file in it', async () => {
        for (const path of BAD_PATHS) {
          const { edits, tip: planned } = await branch.plan([
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
        const { edits } = await branch.plan([{ ...edit('staging/app', files({ a: '1' })), ...changes }]);
        expect(edits).toMatchObject([{ outcome: 'refused', code }]);
      });
    });

    describe('when somebody else pushes', () => {
      it("says 'moved', keeps their commit, and plans again on top of it", async () => {
        foreign({ 'staging/app/a': '1' });
        const plan = await branch.plan([edit('staging/app', files({ a: '2' }))]);
        const theirs = foreign({ 'prod/app/a': 'theirs' });
        expect(await branch.push(plan)).toEqual({ outcome: 'moved' });
        expect(tip()).toBe(theirs);
        expect(await branch.tip({ fresh: true })).toBe(theirs);
        const again = await write(branch, edit('staging/app', files({ a: '2' })));
        expect(again.base).toBe(theirs);
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/app/a': '2', 'prod/app/a': 'theirs' });
        fsckStrict(repo.path);
      });

      it('sees their change to our own directory', async () => {
        await write(branch, edit('staging/app', files({ a: '1' })));
        foreign({ 'staging/app/a': 'theirs', 'staging/app/b': 'theirs', 'new/app/x': 'x' });
        const theirTree = git(repo.path, ['rev-parse', 'main:staging/app']);
        await branch.tip({ fresh: true });
        const plan = await write(
          branch,
          edit('staging/app', files({ a: '1' })),
          edit('new/app', files({ x: 'y' })),
        );
        expect(plan.edits[0]).toMatchObject({ outcome: 'commit', previousTree: theirTree });
        expect(filesOf(repo.path, tip())).toEqual({ 'staging/app/a': '1', 'new/app/x': 'y' });
      });

      it("says 'moved' when the branch we thought new is there", async () => {
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        const theirs = foreign({ x: 'x' });
        expect(await branch.push(plan)).toEqual({ outcome: 'moved' });
        expect(tip()).toBe(theirs);
        await write(branch, edit('staging/app', files({ a: '1' })));
        expect(filesOf(repo.path, tip())).toEqual({ x: 'x', 'staging/app/a': '1' });
      });

      it("says 'moved' when they hold the lock on the branch and are not done yet", async () => {
        const before = foreign({ x: 'x' });
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        const lock = join(repo.path, 'refs/heads/main.lock');
        writeFileSync(lock, '');
        expect(await branch.push(plan)).toEqual({ outcome: 'moved' });
        expect(tip()).toBe(before);
        rmSync(lock);
        await write(branch, edit('staging/app', files({ a: '1' })));
      });

      it("says 'moved' when the branch was set back, though ours would be a fast-forward", async () => {
        const first = foreign({ x: '1' });
        foreign({ x: '2' });
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        git(repo.path, ['update-ref', 'refs/heads/main', first]);
        expect(await branch.push(plan)).toEqual({ outcome: 'moved' });
        expect(tip()).toBe(first);
      });

      it('goes on after a force push that shares nothing with what we knew', async () => {
        await write(branch, edit('staging/app', files({ a: '1' })));
        git(repo.path, ['update-ref', '-d', 'refs/heads/main']);
        foreign({ 'prod/app/a': 'other history' });
        const plan = await branch.plan([edit('staging/app', files({ a: '2' }))]);
        expect(await branch.push(plan)).toEqual({ outcome: 'moved' });
        await write(branch, edit('staging/app', files({ a: '2' })));
        expect(filesOf(repo.path, tip())).toEqual({ 'prod/app/a': 'other history', 'staging/app/a': '2' });
        fsckStrict(repo.path);
      });
    });

    describe('when the server does not do as asked', () => {
      it("says 'refused' with the words of a hook", async () => {
        const before = foreign({ x: 'x' });
        installHook(repo.path, 'pre-receive', 'echo "Freeze until Monday" >&2; exit 1');
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        const outcome = await branch.push(plan);
        expect(outcome).toMatchObject({
          outcome: 'refused',
          reason: expect.stringContaining('Freeze until Monday'),
        });
        expect(outcome).toMatchObject({ reason: expect.stringContaining('pre-receive hook declined') });
        expect(tip()).toBe(before);
      });

      it('throws GitRefusedError for a wrong credential, and does not repeat it', async () => {
        const stranger = await engine('wrong-token').open({ url: repo.url, branch: repo.branch });
        const error = await stranger.tip({ fresh: true }).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(GitRefusedError);
        expect(String(error)).toMatch(/401.*credential/);
        expect(JSON.stringify([error, String(error)])).not.toContain('wrong-token');
      });

      it('throws GitRefusedError for a repo that is not there', async () => {
        const nowhere = await engine().open({ url: `${repo.url}x`, branch: 'main' });
        await expect(nowhere.tip({ fresh: true })).rejects.toThrow(GitRefusedError);
      });

      it('follows no redirect', async () => {
        const location = 'http://127.0.0.1:9/elsewhere';
        server.failNext(/info\/refs/, { kind: 'answer', status: 301, headers: { location } });
        await expect(branch.tip({ fresh: true })).rejects.toThrow(/redirect/);
      });

      it('throws TransientError when nobody listens', async () => {
        const silent = await engine().open({ url: 'http://127.0.0.1:1/repo.git', branch: 'main' });
        await expect(silent.tip({ fresh: true })).rejects.toThrow(TransientError);
      });

      it('throws TransientError when the server does not answer in time', async () => {
        const hasty = await engine(TOKEN, { idleTimeoutMs: 100 }).open({ url: repo.url, branch: 'main' });
        server.failNext(/info\/refs/, { kind: 'stall', ms: 1000 });
        await expect(hasty.tip({ fresh: true })).rejects.toMatchObject({
          code: 'git-timeout',
          kind: 'transient',
        });
      });

      it('hands on how long a server that throttles wants to be left alone', async () => {
        const headers = { 'retry-after': '17' };
        server.failNext(/info\/refs/, { kind: 'answer', status: 429, headers });
        await expect(branch.tip({ fresh: true })).rejects.toMatchObject({
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
          await expect(engine().open({ url, branch: 'main' })).rejects.toThrow(GitRefusedError);
        }
      });
    });

    describe('when the answer to a push is lost', () => {
      it.each([
        ['the connection ends', { kind: 'drop-answer' }],
        ['a proxy gives up', { kind: 'bad-gateway-after' }],
        ['the answer breaks off', { kind: 'cut-answer', afterBytes: 10 }],
      ] as const)("says 'unknown' when %s, and a scan finds the commit", async (_, fault) => {
        const before = foreign({ x: 'x' });
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        server.failNext(/^\/git-receive-pack/, fault);
        expect(await branch.push(plan)).toMatchObject({ outcome: 'unknown' });
        expect(await branch.tip({ fresh: true })).toBe(plan.tip);
        const scan = await branch.commitsSince(before, 100);
        expect(scan).toMatchObject({ reached: true, commits: [{ oid: plan.tip, parents: [before] }] });
        expect(scan.commits[0]?.message).toContain('Release-Id: staging/app-1');
      });

      it("says 'unknown' when the connection ends before git saw it, and the same edit goes through after", async () => {
        const before = foreign({ x: 'x' });
        const plan = await branch.plan([edit('staging/app', files({ a: '1' }))]);
        server.failNext(/^\/git-receive-pack/, { kind: 'reset-before' });
        expect(await branch.push(plan)).toMatchObject({ outcome: 'unknown' });
        expect(await branch.commitsSince(before, 100)).toEqual({ commits: [], reached: true });
        await write(branch, edit('staging/app', files({ a: '1' })));
        expect(git(repo.path, ['rev-list', '--count', 'main'])).toBe('2');
      });
    });

    describe('reading what was committed since', () => {
      it('lists the directories at the tip, and nothing else', async () => {
        const branch = await open();
        expect(await branch.directories('')).toEqual(new Map());
        commitForeign(repo.path, repo.branch, {
          'README.md': 'a file',
          'staging/app/a.yaml': 'a',
          'staging/link': { symlink: 'app' },
          'staging/nested/deep/b.yaml': 'b',
        });
        await branch.tip({ fresh: true });
        const treeOf = (path: string) => git(repo.path, ['rev-parse', `${repo.branch}:${path}`]);
        expect(await branch.directories('')).toEqual(new Map([['staging', treeOf('staging')]]));
        expect(await branch.directories('staging')).toEqual(
          new Map([
            ['app', treeOf('staging/app')],
            ['nested', treeOf('staging/nested')],
          ]),
        );
        expect(await branch.directories('staging/nested')).toEqual(
          new Map([['deep', treeOf('staging/nested/deep')]]),
        );
        expect(await branch.directories('production')).toEqual(new Map());
        await write(branch, edit('staging/app', { kind: 'absent' }));
        expect([...(await branch.directories('staging')).keys()]).toEqual(['nested']);
      });

      it('lists the commits newest first with their messages', async () => {
        const since = foreign({ x: '0' });
        const oids = [1, 2, 3].map((n) =>
          foreign({ x: String(n) }, { message: `change ${n}\n\nRelease-Id: r-${n}\n` }),
        );
        const scan = await branch.commitsSince(since, 10);
        expect(scan.reached).toBe(true);
        expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
        expect(scan.commits[0]?.message).toBe('change 3\n\nRelease-Id: r-3\n');
        expect(scan.commits[2]?.parents).toEqual([since]);
      });

      it('reads further back than it first asks for', async () => {
        const since = foreign({ x: 'start' });
        const script = Array.from(
          { length: 150 },
          (_, n) =>
            `commit refs/heads/main\nmark :${n + 1}\ncommitter A <a@b> ${1_700_000_000 - n} +0000\ndata 5\nno ${String(n).padStart(2, '0').slice(-2)}\n${n === 0 ? `from ${since}\n` : ''}M 100644 inline f\ndata 3\n${String(n).padStart(3, '0')}\n`,
        ).join('');
        git(repo.path, ['fast-import', '--quiet'], { input: script });
        const scan = await branch.commitsSince(since, 1000);
        expect(scan.reached).toBe(true);
        expect(scan.commits.map(({ oid }) => oid)).toEqual(
          git(repo.path, ['rev-list', '--topo-order', `${since}..main`]).split('\n'),
        );
      });

      it('follows both sides of a merge and nothing that the start had', async () => {
        const root = foreign({ x: '0' });
        git(repo.path, ['branch', 'side', root]);
        const since = foreign({ x: '1' });
        const side = commitForeign(repo.path, 'side', { y: '1' });
        const tree = git(repo.path, ['rev-parse', 'main^{tree}']);
        const merge = git(repo.path, ['commit-tree', tree, '-p', since, '-p', side, '-m', 'merge']);
        git(repo.path, ['update-ref', 'refs/heads/main', merge]);
        const scan = await branch.commitsSince(since, 10);
        expect(scan).toMatchObject({
          reached: true,
          commits: [{ oid: merge, parents: [since, side] }, { oid: side }],
        });
        expect(scan.commits).toHaveLength(2);
      });

      it('says that the start was not reached when it was force-pushed away', async () => {
        const since = foreign({ x: 'gone' });
        git(repo.path, ['update-ref', '-d', 'refs/heads/main']);
        const oids = [foreign({ y: '1' }), foreign({ y: '2' })];
        const scan = await branch.commitsSince(since, 10);
        expect(scan.reached).toBe(false);
        expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
      });

      it('stops at the limit', async () => {
        const since = foreign({ x: '0' });
        const oids = [1, 2, 3, 4].map((n) => foreign({ x: String(n) }));
        expect(await branch.commitsSince(since, 4)).toMatchObject({ reached: true, commits: { length: 4 } });
        const scan = await branch.commitsSince(since, 3);
        expect(scan.reached).toBe(false);
        expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed().slice(0, 3));
      });

      it('reads since the beginning', async () => {
        expect(await branch.commitsSince(null, 10)).toEqual({ commits: [], reached: true });
        const oids = [foreign({ x: '1' }), foreign({ x: '2' })];
        await branch.tip({ fresh: true });
        const scan = await branch.commitsSince(null, 10);
        expect(scan).toMatchObject({ reached: true });
        expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
        expect(await branch.commitsSince(tip(), 10)).toEqual({ commits: [], reached: true });
      });
    });
  });
}

import { describe, expect, it } from 'vitest';
import { EDITED_AT, edit, files, write } from '../../support/git-edits.ts';
import { commitForeign, filesOf, fsckStrict, git, listTree, tipOf } from '../../support/native-git.ts';
import type { EngineUnderTest } from './engine-under-test.ts';

/** What an engine commits. */
export function describeWriting(tested: EngineUnderTest): void {
  describe('writing', () => {
    it('makes the first commit of an empty repo', async () => {
      expect(await tested.branch.tip({ fresh: false })).toBeNull();
      const plan = await write(
        tested.branch,
        edit('staging/app', files({ 'a.yaml': 'a\n', 'deep/er/b.yaml': 'b\n' })),
      );
      expect(plan.base).toBeNull();
      expect(plan.tip).toBe(tested.tip());
      expect(await tested.branch.tip({ fresh: true })).toBe(tested.tip());
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'staging/app/a.yaml': 'a',
        'staging/app/deep/er/b.yaml': 'b',
      });
      expect(git(tested.repo.path, ['rev-list', '--count', 'main'])).toBe('1');
      fsckStrict(tested.repo.path);
    });

    it('makes the first commit of a branch beside others', async () => {
      commitForeign(tested.repo.path, 'other', { 'README.md': 'hello' });
      await write(tested.branch, edit('staging/app', files({ a: '1' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/app/a': '1' });
      expect(filesOf(tested.repo.path, 'other')).toEqual({ 'README.md': 'hello' });
    });

    it('replaces a directory as a whole: files that are not given vanish', async () => {
      tested.foreign({
        'staging/app/old.yaml': 'old',
        'staging/app/sub/old.yaml': 'old',
        'staging/app/keep.yaml': 'keep',
      });
      await write(tested.branch, edit('staging/app', files({ 'keep.yaml': 'keep', 'new/x.yaml': 'x' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'staging/app/keep.yaml': 'keep',
        'staging/app/new/x.yaml': 'x',
      });
    });

    it('leaves everything else as it is: symlinks, submodules, programs, and names that sort oddly', async () => {
      tested.foreign({
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
      const before = listTree(tested.repo.path, tested.tip());
      await write(tested.branch, edit('staging/app', files({ a: '1' })), edit('prod/app', files({ a: '1' })));
      const after = listTree(tested.repo.path, tested.tip());
      expect(after.filter((line) => !/\t(staging|prod)\/app\//.test(line))).toEqual(before);
      expect(after).toHaveLength(before.length + 2);
      fsckStrict(tested.repo.path);
    });

    it('writes several edits in one push, a commit for each, in their order', async () => {
      const planned = await write(
        tested.branch,
        edit('staging/a', files({ f: '1' }), { message: 'first\n' }),
        edit('prod/b', files({ f: '2' }), { message: 'second\n' }),
        edit('staging/a', files({ f: '3' }), { message: 'third\n' }),
      );
      expect(git(tested.repo.path, ['log', '--reverse', '--format=%s', 'main']).split('\n')).toEqual([
        'first',
        'second',
        'third',
      ]);
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/a/f': '3', 'prod/b/f': '2' });
      const log = git(tested.repo.path, ['log', '--reverse', '--format=%H', 'main']).split('\n');
      expect(planned.edits.map((one) => one.outcome === 'commit' && one.commit)).toEqual(log);
    });

    it('goes on from its own push without being told', async () => {
      await write(tested.branch, edit('staging/a', files({ f: '1' })));
      await write(tested.branch, edit('staging/b', files({ f: '1' })));
      await write(tested.branch, edit('staging/a', files({ f: '2' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/a/f': '2', 'staging/b/f': '1' });
      expect(git(tested.repo.path, ['rev-list', '--count', 'main'])).toBe('3');
      fsckStrict(tested.repo.path);
    });

    it('makes no commit for what is already so', async () => {
      const content = files({ 'a.yaml': 'a\n' });
      const first = await write(tested.branch, edit('staging/app', content));
      const again = await tested.branch.plan([
        edit('staging/app', content),
        edit('staging/none', { kind: 'absent' }),
      ]);
      const tree = git(tested.repo.path, ['rev-parse', `${tested.tip()}:staging/app`]);
      expect(again.tip).toBe(first.tip);
      expect(again.edits).toEqual([
        { outcome: 'unchanged', tree, previousTree: tree },
        { outcome: 'unchanged', tree: null, previousTree: null },
      ]);
      expect(await tested.branch.push(again)).toEqual({ outcome: 'pushed' });
      expect(tested.tip()).toBe(first.tip);
    });

    it('tells the tree that was there and the tree that is there now', async () => {
      tested.foreign({ 'staging/app/a': '1' });
      const before = git(tested.repo.path, ['rev-parse', 'main:staging/app']);
      const plan = await write(tested.branch, edit('staging/app', files({ a: '2' })));
      const after = git(tested.repo.path, ['rev-parse', 'main:staging/app']);
      expect(plan.edits).toEqual([
        { outcome: 'commit', commit: tested.tip(), tree: after, previousTree: before },
      ]);
    });

    it('works on directories of any depth', async () => {
      tested.foreign({ 'clusters/eu/prod/other/x': 'x', 'top/x': 'x' });
      await write(
        tested.branch,
        edit('clusters/eu/prod/app', files({ a: '1' })),
        edit('top', files({ b: '2' })),
      );
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'clusters/eu/prod/app/a': '1',
        'clusters/eu/prod/other/x': 'x',
        'top/b': '2',
      });
    });
  });

  describe('the commit', () => {
    it('carries message, trailers, identity and time as git reads them', async () => {
      const message = '[Gimlet] staging/app deployed by Jürgen\n\nRelease-Id: r-1\nTriggered-By: jürgen\n';
      await write(tested.branch, edit('staging/app', files({ a: '1' }), { message }));
      const show = (format: string) => git(tested.repo.path, ['log', '-1', `--format=${format}`, 'main']);
      expect(show('%(trailers:key=Release-Id,valueonly)').trim()).toBe('r-1');
      expect(show('%(trailers:key=Triggered-By,valueonly)').trim()).toBe('jürgen');
      expect(show('%an <%ae> %at|%cn <%ce> %ct')).toBe(
        `Gimlet <gimlet@example.com> ${EDITED_AT}|Gimlet <gimlet@example.com> ${EDITED_AT}`,
      );
      expect(git(tested.repo.path, ['cat-file', 'commit', 'main'])).toContain(`\n\n${message.trimEnd()}`);
    });

    it("is never older than its parent, whatever the edit's clock says", async () => {
      tested.foreign({ x: 'x' }, { time: EDITED_AT + 500 });
      await write(tested.branch, edit('staging/app', files({ a: '1' }), { time: EDITED_AT }));
      expect(git(tested.repo.path, ['log', '-1', '--format=%ct', 'main'])).toBe(String(EDITED_AT + 500));
    });
  });

  describe('deleting', () => {
    it('drops the directory, and its parent when that is empty then', async () => {
      tested.foreign({ 'staging/a/f': '1', 'staging/b/f': '1', 'prod/a/f': '1' });
      await write(tested.branch, edit('staging/a', { kind: 'absent' }), edit('prod/a', { kind: 'absent' }));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/b/f': '1' });
      expect(git(tested.repo.path, ['ls-tree', '--name-only', 'main'])).toBe('staging');
      fsckStrict(tested.repo.path);
    });

    it('may leave the branch without any file, and goes on from there', async () => {
      tested.foreign({ 'staging/a/f': '1' });
      await write(tested.branch, edit('staging/a', { kind: 'absent' }));
      expect(listTree(tested.repo.path, tested.tip())).toEqual([]);
      await write(tested.branch, edit('staging/a', files({ f: '2' })));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/a/f': '2' });
      fsckStrict(tested.repo.path);
    });

    it('makes no commit in an empty repo', async () => {
      const plan = await tested.branch.plan([edit('staging/a', { kind: 'absent' })]);
      expect(plan).toMatchObject({ base: null, tip: null, edits: [{ outcome: 'unchanged', tree: null }] });
      expect(await tested.branch.push(plan)).toEqual({ outcome: 'pushed' });
      expect(tipOf(tested.repo.path, tested.repo.branch)).toBeNull();
    });

    it('takes no files at all for a delete', async () => {
      tested.foreign({ 'staging/a/f': '1', 'staging/b/f': '1' });
      await write(tested.branch, edit('staging/a', files({})));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({ 'staging/b/f': '1' });
    });
  });

  describe('restoring a tree', () => {
    it('brings back what an earlier commit had, without the files', async () => {
      tested.foreign({ 'staging/app/a': '1', 'staging/app/sub/b': '1' });
      const tree = git(tested.repo.path, ['rev-parse', 'main:staging/app']);
      tested.foreign({ 'staging/app/a': '2', 'staging/app/sub/b': '2' });
      await write(tested.branch, edit('staging/app', { kind: 'tree', tree }));
      expect(git(tested.repo.path, ['rev-parse', 'main:staging/app'])).toBe(tree);
      fsckStrict(tested.repo.path);
    });

    it('writes the files out when the server has the tree no more', async () => {
      const other = await tested.server.createRepo();
      const elsewhere = await tested.engine().open({ url: other.url, branch: other.branch });
      const content = files({ a: 'gone', 'sub/b': 'gone too' });
      await write(elsewhere, edit('staging/app', content));
      const tree = git(other.path, ['rev-parse', 'main:staging/app']);
      tested.foreign({ 'staging/app/a': '1' });
      if (content.kind !== 'files') throw new Error('unreachable');
      await write(tested.branch, edit('staging/app', { kind: 'tree', tree, files: content.files }));
      expect(filesOf(tested.repo.path, tested.tip())).toEqual({
        'staging/app/a': 'gone',
        'staging/app/sub/b': 'gone too',
      });
      fsckStrict(tested.repo.path);
    });

    it('never lands on the branch when neither server nor caller has it', async () => {
      const before = tested.foreign({ 'staging/app/a': '1' });
      const plan = await tested.branch.plan([edit('staging/app', { kind: 'tree', tree: 'c'.repeat(40) })]);
      const refusedWhenPlanned = plan.edits[0]?.outcome === 'refused';
      if (!refusedWhenPlanned) expect(await tested.branch.push(plan)).toMatchObject({ outcome: 'refused' });
      expect(tested.tip()).toBe(before);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { edit, write } from '../../support/git-edits.ts';
import { commitForeign, git } from '../../support/native-git.ts';
import type { EngineUnderTest } from './engine-under-test.ts';

/** What an engine reads of a branch. */
export function describeReading(tested: EngineUnderTest): void {
  describe('reading what was committed since', () => {
    it('lists the directories at the tip, and nothing else', async () => {
      const branch = await tested.open();
      expect(await branch.directories('')).toEqual(new Map());
      commitForeign(tested.repo.path, tested.repo.branch, {
        'README.md': 'a file',
        'staging/app/a.yaml': 'a',
        'staging/link': { symlink: 'app' },
        'staging/nested/deep/b.yaml': 'b',
      });
      await branch.tip({ fresh: true });
      const treeOf = (path: string) => git(tested.repo.path, ['rev-parse', `${tested.repo.branch}:${path}`]);
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
      const since = tested.foreign({ x: '0' });
      const oids = [1, 2, 3].map((n) =>
        tested.foreign({ x: String(n) }, { message: `change ${n}\n\nRelease-Id: r-${n}\n` }),
      );
      const scan = await tested.branch.commitsSince(since, 10);
      expect(scan.reached).toBe(true);
      expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
      expect(scan.commits[0]?.message).toBe('change 3\n\nRelease-Id: r-3\n');
      expect(scan.commits[2]?.parents).toEqual([since]);
    });

    it('reads further back than it first asks for', async () => {
      const since = tested.foreign({ x: 'start' });
      const script = Array.from(
        { length: 150 },
        (_, n) =>
          `commit refs/heads/main\nmark :${n + 1}\ncommitter A <a@b> ${1_700_000_000 - n} +0000\ndata 5\nno ${String(n).padStart(2, '0').slice(-2)}\n${n === 0 ? `from ${since}\n` : ''}M 100644 inline f\ndata 3\n${String(n).padStart(3, '0')}\n`,
      ).join('');
      git(tested.repo.path, ['fast-import', '--quiet'], { input: script });
      const scan = await tested.branch.commitsSince(since, 1000);
      expect(scan.reached).toBe(true);
      expect(scan.commits.map(({ oid }) => oid)).toEqual(
        git(tested.repo.path, ['rev-list', '--topo-order', `${since}..main`]).split('\n'),
      );
    });

    it('follows both sides of a merge and nothing that the start had', async () => {
      const root = tested.foreign({ x: '0' });
      git(tested.repo.path, ['branch', 'side', root]);
      const since = tested.foreign({ x: '1' });
      const side = commitForeign(tested.repo.path, 'side', { y: '1' });
      const tree = git(tested.repo.path, ['rev-parse', 'main^{tree}']);
      const merge = git(tested.repo.path, ['commit-tree', tree, '-p', since, '-p', side, '-m', 'merge']);
      git(tested.repo.path, ['update-ref', 'refs/heads/main', merge]);
      const scan = await tested.branch.commitsSince(since, 10);
      expect(scan).toMatchObject({
        reached: true,
        commits: [{ oid: merge, parents: [since, side] }, { oid: side }],
      });
      expect(scan.commits).toHaveLength(2);
    });

    it('says that the start was not reached when it was force-pushed away', async () => {
      const since = tested.foreign({ x: 'gone' });
      git(tested.repo.path, ['update-ref', '-d', 'refs/heads/main']);
      const oids = [tested.foreign({ y: '1' }), tested.foreign({ y: '2' })];
      const scan = await tested.branch.commitsSince(since, 10);
      expect(scan.reached).toBe(false);
      expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
    });

    it('stops at the limit', async () => {
      const since = tested.foreign({ x: '0' });
      const oids = [1, 2, 3, 4].map((n) => tested.foreign({ x: String(n) }));
      expect(await tested.branch.commitsSince(since, 4)).toMatchObject({
        reached: true,
        commits: { length: 4 },
      });
      const scan = await tested.branch.commitsSince(since, 3);
      expect(scan.reached).toBe(false);
      expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed().slice(0, 3));
    });

    it('reads since the beginning', async () => {
      expect(await tested.branch.commitsSince(null, 10)).toEqual({ commits: [], reached: true });
      const oids = [tested.foreign({ x: '1' }), tested.foreign({ x: '2' })];
      await tested.branch.tip({ fresh: true });
      const scan = await tested.branch.commitsSince(null, 10);
      expect(scan).toMatchObject({ reached: true });
      expect(scan.commits.map(({ oid }) => oid)).toEqual(oids.toReversed());
      expect(await tested.branch.commitsSince(tested.tip(), 10)).toEqual({ commits: [], reached: true });
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { GitBranch } from '../../shared/gitops/git-engine.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import type { TestRepo } from '../support/git-server.ts';
import { commitForeign, fsckStrict } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { freshGitOpsForTests } from '../support/services-for-tests.ts';
import type { Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';
import { writing } from '../support/writing.ts';

let stores: Stores;
let repo: TestRepo;
let ports: WriterPorts;

freshGitOpsForTests((given) => {
  ({ stores, repo } = given);
  ports = makeWriterPorts(stores);
});

const { write, stateOf, written } = writing(() => ({ stores, repo, ports }));
const target = { app: 'shop', env: 'staging' };

describe('a writer that dies', () => {
  const died = () => Promise.reject(new Error('died'));

  /** Ways to die, by the last thing that was done before. */
  const deaths: Record<string, (writer: WriterPorts) => WriterPorts> = {
    'marking its releases': (writer) => ({
      ...writer,
      journals: overriding(writer.journals, { replace: died }),
    }),
    'putting the journal': (writer) => withBranch(writer, { push: died }),
    pushing: (writer) =>
      withBranch(writer, {}, async (branch, plan) => {
        await branch.push(plan);
        return died();
      }),
    'recording the targets': (writer) => ({
      ...writer,
      targets: overriding(writer.targets, {
        recordWritten: async (target, running) => {
          await writer.targets.recordWritten(target, running);
          return died();
        },
      }),
    }),
    'recording the releases': (writer) => {
      let replaced = 0;
      return {
        ...writer,
        journals: overriding(writer.journals, {
          replace: (...args) => (++replaced === 2 ? died() : writer.journals.replace(...args)),
        }),
      };
    },
  };

  it.each(Object.keys(deaths))('after %s loses nothing and writes nothing twice', async (moment) => {
    const releases = [];
    for (const app of ['a', 'b', 'c']) releases.push(await readyRelease(stores, repo, { app }));
    const ids = releases.map(({ id }) => id);
    await expect(write(ids, deaths[moment]?.(ports))).rejects.toThrow('died');
    commitForeign(repo.path, repo.branch, { 'README.md': 'meanwhile' });
    await write([ids[0] ?? ''], makeWriterPorts(stores));
    expect([...written()].sort()).toEqual([...ids].sort());
    for (const id of ids) expect(await stateOf(id)).toBe('released');
    fsckStrict(repo.path);
  });

  it('does not stop the next one from writing a newer release of the same app last', async () => {
    const older = await readyRelease(stores, repo);
    await expect(write([older.id], deaths['pushing']?.(ports))).rejects.toThrow('died');
    const newer = await readyRelease(stores, repo);
    await write([newer.id], makeWriterPorts(stores));
    expect(written()).toEqual([older.id, newer.id]);
    expect((await stores.targets.get(target)).running?.releaseId).toBe(newer.id);
  });

  it('only seemed to, and finds on waking that it was overtaken', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    const onlyNamed = overriding(stores.ready, { list: () => Promise.resolve([]) });
    const slow = withBranch({ ...ports, ready: onlyNamed }, {}, async (branch, plan) => {
      await write([newer.id], makeWriterPorts(stores));
      return branch.push(plan);
    });
    const report = await write([older.id], slow);
    expect(report.troubles.map(({ error }) => error.code)).toEqual(['journal-taken']);
    expect(written()).toEqual([newer.id]);
    await write([older.id], makeWriterPorts(stores));
    expect(written()).toEqual([newer.id]);
    expect(await stateOf(older.id)).toBe('superseded');
  });

  /** The control: without the look at what is in the repo the death after the push would write twice. */
  it('would write twice if nobody looked at the history', async () => {
    const release = await readyRelease(stores, repo);
    await expect(write([release.id], deaths['pushing']?.(ports))).rejects.toThrow('died');
    commitForeign(repo.path, repo.branch, { 'staging/shop/configmap.yaml': 'edited' });
    const blind = withBranch(makeWriterPorts(stores), {
      commitsSince: () => Promise.resolve({ commits: [], reached: true }),
    });
    await write([release.id], blind);
    expect(written()).toEqual([release.id, release.id]);
  });
});

/** A writer whose branch behaves differently. */
function withBranch(
  writer: WriterPorts,
  methods: Partial<GitBranch>,
  push?: (branch: GitBranch, ...args: Parameters<GitBranch['push']>) => ReturnType<GitBranch['push']>,
): WriterPorts {
  return {
    ...writer,
    git: {
      async open(ref) {
        const branch = await writer.git.open(ref);
        const own: GitBranch = {
          tip: (options) => branch.tip(options),
          plan: (edits) => branch.plan(edits),
          push: (plan) => (push ? push(branch, plan) : branch.push(plan)),
          directories: (path) => branch.directories(path),
          commitsSince: (since, limit) => branch.commitsSince(since, limit),
        };
        return { ...own, ...methods };
      },
    },
  };
}

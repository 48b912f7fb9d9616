import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createToken, revokeToken, rotateToken } from '../../shared/access/manage-tokens.ts';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { deleteTrust, putTrust } from '../../shared/access/trust/change-trust.ts';
import { parseTrustPolicy } from '../../shared/access/trust/parse-trust-policy.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { parseTrailers } from '../../shared/gitops/commit-message.ts';
import type { GitBranch } from '../../shared/gitops/git-engine.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { Release } from '../../shared/release/release.ts';
import type { TestRepo } from '../support/git-server.ts';
import { commitForeign, filesOf, fsckStrict, git, installHook, tipOf } from '../support/native-git.ts';
import { readyChange, readyRelease } from '../support/ready-release.ts';
import { freshEmbeddedForTests, gitServerForTests } from '../support/services-for-tests.ts';
import { holdBy, makeStores, markOf, type Stores } from '../support/stores.ts';
import { ENGINES, type EngineName, makeWriterPorts, overriding } from '../support/writer.ts';

const embedded = freshEmbeddedForTests();
const server = gitServerForTests();
let stores: Stores;
let repo: TestRepo;
let ports: WriterPorts;

beforeEach(async () => {
  repo = await server().createRepo();
  stores = makeStores(embedded(), repo.url);
  ports = makeWriterPorts(stores);
});

const write = (ids: readonly string[], writer: WriterPorts = ports) =>
  writeReleases(writer, ids, Date.now() + 55_000);
const stateOf = async (id: string) => (await stores.releases.get(id))?.state;
const tip = () => tipOf(repo.path, repo.branch) as string;
const subjects = () => git(repo.path, ['log', '--format=%s', repo.branch]).split('\n');

/** Release ids of all commits of ours, oldest first. */
function written(): string[] {
  if (tipOf(repo.path, repo.branch) === null) return [];
  const messages = git(repo.path, ['log', '--reverse', '--format=%B%x00', repo.branch]).split('\0');
  return messages.flatMap((message) => parseTrailers(message.trim())?.releaseId ?? []);
}

describe.each(Object.keys(ENGINES) as EngineName[])('writing a release with %s', (engine) => {
  beforeEach(() => {
    ports = makeWriterPorts(stores, engine);
  });

  it('commits its files and release.json, and records what runs', async () => {
    const release = await readyRelease(stores, repo, { files: { 'deployment.yaml': '---\na: 1\n' } });
    await write([release.id]);
    expect(filesOf(repo.path, tip())).toEqual({
      'staging/shop/deployment.yaml': '---\na: 1',
      'staging/shop/release.json': JSON.stringify({
        app: 'shop',
        env: 'staging',
        artifactId: release.artifactId,
        triggeredBy: 'policy',
        version: release.version,
        gitopsRef: '',
        gitopsRepo: '',
      }),
    });
    expect(git(repo.path, ['log', '-1', '--format=%an <%ae>%n%B', repo.branch])).toBe(
      [
        'GimletD <gimletd@localhost>',
        '[Gimlet] staging/shop automated deploy',
        '',
        `Artifact-Id: ${release.artifactId}`,
        `Release-Id: ${release.id}`,
        `Release-Order: ${release.order}`,
        'Triggered-By: policy',
        'Policy: manifest',
        `Source-Commit: ${release.version.sha}`,
        '',
      ].join('\n'),
    );
    expect(await stores.releases.get(release.id)).toMatchObject({ state: 'released', commit: tip() });
    expect((await stores.targets.get(release)).running).toMatchObject({
      releaseId: release.id,
      commit: tip(),
    });
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
  });

  it('replaces the directory as a whole and touches nothing outside', async () => {
    commitForeign(repo.path, repo.branch, { 'README.md': 'ours', 'staging/other/a.yaml': 'b' });
    const first = await readyRelease(stores, repo, { files: { 'pvc.yaml': 'p\n', 'service.yaml': 's\n' } });
    await write([first.id]);
    const second = await readyRelease(stores, repo, { files: { 'service.yaml': 's2\n' } });
    await write([second.id]);
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual([
      'README.md',
      'staging/other/a.yaml',
      'staging/shop/release.json',
      'staging/shop/service.yaml',
    ]);
  });

  it('makes a commit for each release of a batch and one push for all', async () => {
    const releases = [];
    for (const app of ['a', 'b', 'c']) releases.push(await readyRelease(stores, repo, { app }));
    server().clearRequests();
    const report = await write([releases[0]?.id ?? '']);
    expect(report.branches).toMatchObject([{ written: 3, pushes: 1, conflicts: 0 }]);
    expect(
      server().requests.filter(({ path, method }) => method === 'POST' && path.includes('receive-pack')),
    ).toHaveLength(1);
    expect(written()).toEqual(releases.map(({ id }) => id));
    fsckStrict(repo.path);
  });

  it('writes only the newest of a target, whatever order they come in', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    await write([newer.id, older.id]);
    expect(written()).toEqual([newer.id]);
    expect(await stores.releases.get(older.id)).toMatchObject({
      state: 'superseded',
      outcomeReason: `release ${newer.id} came after it`,
    });
  });

  it('never writes an older release over a newer one that is written', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    const onlyNewer = overriding(stores.ready, { list: () => Promise.resolve([]) });
    await write([newer.id], { ...ports, ready: onlyNewer });
    await write([older.id]);
    expect(written()).toEqual([newer.id]);
    expect(await stateOf(older.id)).toBe('superseded');
  });

  it('commits nothing for what is there already', async () => {
    const files = { 'a.yaml': 'a: 1\n' };
    const first = await readyRelease(stores, repo, { files, artifactId: 'same', version: version('s') });
    await write([first.id]);
    const again = await readyRelease(stores, repo, { files, artifactId: 'same', version: version('s') });
    await write([again.id]);
    expect(written()).toEqual([first.id]);
    expect(await stores.releases.get(again.id)).toMatchObject({ state: 'unchanged', commit: tip() });
  });

  it('believes that something is there already only of the branch as it is now', async () => {
    const same = { files: { 'a.yaml': 'a: 1\n' }, artifactId: 'same', version: version('s') };
    const first = await readyRelease(stores, repo, same);
    await write([first.id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop/a.yaml': 'edited by hand' });
    const again = await readyRelease(stores, repo, same);
    await write([again.id]);
    expect(written()).toEqual([first.id, again.id]);
    expect(filesOf(repo.path, tip())['staging/shop/a.yaml']).toBe('a: 1');
  });

  it('does nothing for a message that comes again', async () => {
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    const before = tip();
    await write([release.id, release.id]);
    expect(tip()).toBe(before);
  });

  it('puts what is in no directory of its own into the repo’s root when it holds one environment', async () => {
    const location = { repo: repo.url, branch: repo.branch, layout: 'flat' } as const;
    await write([(await readyRelease(stores, repo, { location })).id]);
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual(['shop/configmap.yaml', 'shop/release.json']);
  });

  it('puts back what an earlier release had written, whatever came after, in one commit', async () => {
    const first = await written1(
      await readyRelease(stores, repo, { files: { 'a.yaml': '1\n', 'pvc.yaml': 'p\n' } }),
    );
    await written1(await readyRelease(stores, repo, { files: { 'a.yaml': '2\n' } }));
    await written1(await readyRelease(stores, repo, { app: 'other' }));
    const before = filesOf(repo.path, first.commit ?? '');
    const change = {
      kind: 'rollback',
      tree: first.tree ?? '',
      bundle: first.bundle ?? '',
      restores: first.id,
    } as const;
    const back = await written1(await readyChange(stores, first, change));
    expect(back).toMatchObject({ state: 'released', tree: first.tree });
    const now = filesOf(repo.path, tip());
    for (const [path, text] of Object.entries(before)) expect(now[path]).toBe(text);
    expect(subjects()[0]).toBe('[Gimlet] staging/shop rolled back by jane');
    expect(Object.keys(now).filter((path) => path.startsWith('staging/other/'))).toHaveLength(2);
  });

  it('takes the directory of a deleted app away, and its environment’s when that is empty then', async () => {
    const first = await written1(await readyRelease(stores, repo));
    commitForeign(repo.path, repo.branch, { 'README.md': 'kept' });
    await written1(await readyChange(stores, first, { kind: 'delete' }));
    expect(Object.keys(filesOf(repo.path, tip()))).toEqual(['README.md']);
    expect((await stores.targets.get(target)).running).toMatchObject({ tree: null });
    const again = await written1(await readyChange(stores, first, { kind: 'delete' }));
    expect(again.state).toBe('unchanged');
  });

  it('says when the directory was not as we had left it', async () => {
    await write([(await readyRelease(stores, repo)).id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop/configmap.yaml': 'edited by hand' });
    const next = await readyRelease(stores, repo);
    await write([next.id]);
    expect(await stores.releases.get(next.id)).toMatchObject({ state: 'released', drifted: true });
  });

  it('ends one that the repo can’t take, and writes the others', async () => {
    commitForeign(repo.path, repo.branch, { 'staging/bad': { symlink: '/etc' } });
    const bad = await readyRelease(stores, repo, { app: 'bad' });
    const good = await readyRelease(stores, repo, { app: 'good' });
    await write([bad.id]);
    expect(await stores.releases.get(bad.id)).toMatchObject({ state: 'failed' });
    expect(await stateOf(good.id)).toBe('released');
  });

  it('ends none for what has gone from the repo meanwhile', async () => {
    commitForeign(repo.path, repo.branch, { 'staging/shop': { symlink: '/etc' } });
    await write([(await readyRelease(stores, repo)).id]);
    commitForeign(repo.path, repo.branch, { 'staging/shop': null });
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    expect(written()).toEqual([release.id]);
  });
});

describe('the last look', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a hold', () => stores.targets.hold(target, holdBy('jane', 'no')), 'held'],
    ['a stopped line', () => stores.controls.setGlobal({ stopTheLine: 'incident' }), 'held'],
    [
      'a freeze',
      () => stores.controls.setEnvironment('staging', { restrictions: [], freezes: [freeze()] }),
      'held',
    ],
    [
      'a restriction',
      () =>
        stores.controls.setEnvironment('staging', {
          restrictions: [{ branchPattern: 'release-.*' }],
          freezes: [],
        }),
      'failed',
    ],
  ])('stops a decided release for %s that came since', async (_what, set, state) => {
    const release = await readyRelease(stores, repo);
    await set();
    await write([release.id]);
    expect(await stateOf(release.id)).toBe(state);
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  describe('at the token that a release was made by', () => {
    const DAY = 86_400_000;
    const protecting = (): WriterPorts => ({
      ...ports,
      settings: { ...ports.settings, environments: { staging: { protected: true } } },
    });
    const made = async (role: 'ci' | 'engineer', environments: string[], ageMs = DAY, now = Date.now()) => {
      const where = { apps: ['shop'], environments, ...(role === 'ci' && { repositories: ['acme/shop'] }) };
      const order = { name: role, grants: roleGrants({ role, ...where }), ageMs };
      const { token } = await createToken(tokens(), order, { changedBy: 'admin', now });
      const action = role === 'ci' ? ('artifact:push' as const) : ('release:request' as const);
      const authority = { callerId: token.id, action };
      return { id: token.id, release: await readyRelease(stores, repo, { authority }) };
    };
    const nothing = { list: () => Promise.resolve([]) };
    const tokens = () => ({ tokens: stores.tokens, random: randomBytes });
    const by = { changedBy: 'admin', now: Date.now() };

    it.each(['ci', 'engineer'] as const)('writes nothing when that of %s is revoked since', async (role) => {
      const { id, release } = await made(role, ['*']);
      await revokeToken(tokens(), id, by);
      await write([release.id]);
      expect(await stores.releases.get(release.id)).toMatchObject({
        state: 'failed',
        outcomeReason: `the token of ${role}, by which it was made, is revoked`,
      });
      expect(tipOf(repo.path, repo.branch)).toBeNull();
    });

    it.each(['ci', 'engineer'] as const)('writes nothing that %s may not any more', async (role) => {
      const { release } = await made(role, ['*']);
      await write([release.id], protecting());
      expect(await stores.releases.get(release.id)).toMatchObject({
        state: 'failed',
        outcomeReason: expect.stringMatching(new RegExp(`^${role} may not .* for 'shop' in 'staging'`)),
      });
      expect(tipOf(repo.path, repo.branch)).toBeNull();
    });

    it('knows by the settings of that day which apps are the team’s that it was granted for', async () => {
      const team = async () => {
        const order = { name: 'jane', grants: roleGrants({ role: 'engineer', apps: ['team:sales'] }) };
        const { token } = await createToken(tokens(), order, by);
        const authority = { callerId: token.id, action: 'release:request' as const };
        return (await readyRelease(stores, repo, { authority })).id;
      };
      const owning = (apps: string[]): WriterPorts => ({
        ...{ ...ports, ready: nothing },
        settings: { ...ports.settings, teams: { sales: { apps, members: [] } } },
      });
      const [theirs, lost] = [await team(), await team()];
      await write([lost], owning(['blog']));
      expect(await stores.releases.get(lost)).toMatchObject({
        state: 'failed',
        outcomeReason: expect.stringMatching(/^jane may not .* for 'shop' in 'staging'/),
      });
      await write([theirs], owning(['sh*']));
      expect(await stateOf(theirs)).toBe('released');
    });

    it('looks at the trust policy that let a job in', async () => {
      const policy = parseTrustPolicy('shop', {
        ...{ provider: 'github', issuer: 'https://token.actions.githubusercontent.com', audience: 'us' },
        ...{ repository: 'acme/shop', repositoryId: 200, ownerId: 100, workflow: 'release.yml' },
        ...{ refs: ['refs/heads/main'], apps: ['shop'] },
      });
      const change = { changedBy: 'admin', now: Date.now() };
      await putTrust(stores.trusts, policy, change);
      const authority = { callerId: 'trust/shop', action: 'artifact:push' } as const;
      const [trusted, narrowed, late] = [
        await readyRelease(stores, repo, { app: 'shop', authority }),
        await readyRelease(stores, repo, { app: 'blog', authority }),
        await readyRelease(stores, repo, { app: 'shop', env: 'qa', authority }),
      ];
      await writeReleases({ ...ports, ready: nothing }, [trusted.id, narrowed.id], Date.now() + 55_000);
      expect(await stateOf(trusted.id)).toBe('released');
      expect(await stores.releases.get(narrowed.id)).toMatchObject({
        state: 'failed',
        outcomeReason: "the trust policy shop may not artifact:push for 'blog' in 'staging' any more",
      });
      await deleteTrust(stores.trusts, 'shop', change);
      await write([late.id]);
      expect(await stores.releases.get(late.id)).toMatchObject({
        state: 'failed',
        outcomeReason: 'the trust policy shop, by which it was made, is deleted',
      });
    });

    it('writes what was right when it was asked for, though the token is renewed or over', async () => {
      const named = await made('engineer', ['staging']);
      await write([named.release.id], protecting());
      expect(await stateOf(named.release.id)).toBe('released');
      const renewed = await made('engineer', ['*']);
      await rotateToken(tokens(), renewed.id, { overlapMs: 0 }, by);
      await write([renewed.release.id]);
      expect(await stateOf(renewed.release.id)).toBe('released');
      const over = await made('ci', ['*'], 1, Date.now() - DAY);
      await write([over.release.id]);
      expect(await stateOf(over.release.id)).toBe('released');
    });
  });

  it('lets a release by hand pass a hold', async () => {
    const release = await readyRelease(stores, repo, { automatic: false, triggeredBy: 'jane' });
    await stores.targets.hold(target, holdBy('jane', 'no'));
    await write([release.id]);
    expect(subjects()).toEqual(['[Gimlet] staging/shop deployed by jane']);
  });

  it('lets no release that it stops take the place of one that may go on', async () => {
    const byHand = await readyRelease(stores, repo, { automatic: false, triggeredBy: 'jane' });
    const newer = await readyRelease(stores, repo);
    await stores.targets.hold(target, holdBy('jane', 'no'));
    await write([newer.id]);
    expect(await stateOf(newer.id)).toBe('held');
    expect(await stateOf(byHand.id)).toBe('released');
    expect(written()).toEqual([byHand.id]);
  });

  it('leaves everything ready while writing is switched off', async () => {
    const release = await readyRelease(stores, repo);
    await stores.controls.setGlobal({ killSwitch: 'maintenance' });
    await write([release.id]);
    expect(await stateOf(release.id)).toBe('ready');
    expect(await markOf(stores, keys.release(release.id))).toBeDefined();
    await stores.controls.setGlobal({});
    await write([release.id]);
    expect(await stateOf(release.id)).toBe('released');
  });

  it('looks again each minute while writing is switched off, and tells why it waits', async () => {
    const release = await readyRelease(stores, repo);
    await stores.controls.setGlobal({ killSwitch: 'maintenance' });
    const before = Date.now();
    const { branches } = await write([release.id]);
    expect(branches).toMatchObject([{ paused: 'writing is off: maintenance', off: true, pushes: 0 }]);
    const mark = await markOf(stores, keys.pause(repo.url, repo.branch));
    expect(mark?.message).toEqual({ type: 'branch', url: repo.url, branch: repo.branch });
    expect((mark?.dueAt ?? 0) - before).toBeLessThan(70_000);
    await stores.controls.setGlobal({});
    await writeReleases(makeWriterPorts(stores), [], Date.now() + 60_000, [
      { url: repo.url, branch: repo.branch },
    ]);
    expect(await stateOf(release.id)).toBe('released');
    expect(await stores.pauses.read({ url: repo.url, branch: repo.branch })).toBeUndefined();
  });
});

describe('trouble with the repo', () => {
  it('is survived when somebody pushes in between', async () => {
    const warmUp = await readyRelease(stores, repo, { app: 'first' });
    await write([warmUp.id]);
    commitForeign(repo.path, repo.branch, { 'README.md': 'theirs' });
    const release = await readyRelease(stores, repo);
    await write([release.id]);
    expect(written()).toEqual([warmUp.id, release.id]);
    expect(filesOf(repo.path, tip())['README.md']).toBe('theirs');
  });

  it('leaves the releases ready, with the server’s words, when it refuses us', async () => {
    installHook(repo.path, 'pre-receive', 'echo "not on a Friday" >&2; exit 1');
    const release = await readyRelease(stores, repo);
    const report = await write([release.id]);
    expect(report.branches[0]?.paused).toContain('pre-receive hook declined');
    expect(await stateOf(release.id)).toBe('ready');
    expect(await markOf(stores, keys.release(release.id))).toBeDefined();
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  it('of one branch does not hold up another', async () => {
    const gone = { ...repo, url: `http://127.0.0.1:${server().port}/no-such-repo.git` };
    const lost = await readyRelease(stores, gone, { app: 'lost' });
    const fine = await readyRelease(stores, repo);
    const report = await write([lost.id, fine.id]);
    expect(report.branches).toMatchObject([
      { url: gone.url, paused: expect.stringContaining('404') },
      { url: repo.url },
    ]);
    expect(await stateOf(fine.id)).toBe('released');
    expect(await stateOf(lost.id)).toBe('ready');
  });

  it('is found out by looking when the answer to a push is lost', async () => {
    await write([(await readyRelease(stores, repo, { app: 'first' })).id]);
    const release = await readyRelease(stores, repo);
    server().failNext(/^\/git-receive-pack/, { kind: 'drop-answer' });
    await write([release.id]);
    expect(written()).toHaveLength(2);
    expect(await stateOf(release.id)).toBe('released');
  });
});

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

/** Writes a release and answers its record afterwards. */
async function written1(release: Release): Promise<Release> {
  await write([release.id]);
  return (await stores.releases.get(release.id)) as Release;
}

const target = { app: 'shop', env: 'staging' };
const version = (sha: string) =>
  ({ repositoryName: 'acme/shop', sha, event: 'push', branch: 'main' }) as const;
const freeze = () => ({ from: Date.now() - 1_000, until: Date.now() + 60_000, reason: 'sale' });

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

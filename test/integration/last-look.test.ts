import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createToken, revokeToken, rotateToken } from '../../shared/access/manage-tokens.ts';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { deleteTrust, putTrust } from '../../shared/access/trust/change-trust.ts';
import { parseTrustPolicy } from '../../shared/access/trust/parse-trust-policy.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { TestRepo } from '../support/git-server.ts';
import { git, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { freshGitOpsForTests } from '../support/services-for-tests.ts';
import { holdBy, markOf, type Stores } from '../support/stores.ts';
import { makeWriterPorts } from '../support/writer.ts';
import { writing } from '../support/writing.ts';

let stores: Stores;
let repo: TestRepo;
let ports: WriterPorts;

freshGitOpsForTests((given) => {
  ({ stores, repo } = given);
  ports = makeWriterPorts(stores);
});

const { write, stateOf, written } = writing(() => ({ stores, repo, ports }));
const subjects = () => git(repo.path, ['log', '--format=%s', repo.branch]).split('\n');
const target = { app: 'shop', env: 'staging' };
const freeze = () => ({ from: Date.now() - 1_000, until: Date.now() + 60_000, reason: 'sale' });

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

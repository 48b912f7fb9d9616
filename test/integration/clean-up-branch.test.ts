import { describe, expect, it } from 'vitest';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import type { Pusher } from '../../shared/artifact/artifact.ts';
import { branchMark } from '../../shared/release/branch.ts';
import { cleanUpBranch } from '../../shared/release/clean-up-branch.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { lookAfterTarget } from '../../shared/release/look-after-target.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, holdBy, manifest, markOf, type Stores } from '../support/stores.ts';

const DAY = 86_400_000;
/** A tombstone expires by the clock of the table's readers. */
const NOW = Date.now();

let stores: Stores;
let app: string;
let repository: string;

storesForTests((given) => {
  stores = given.stores;
  app = `shop-${given.run}`;
  repository = `acme/${app}`;
});

/** Pushed on a branch, released where its policies say, and written there. Answers `env/app outcome` of each. */
async function arrive(
  n: number,
  branch: string,
  environments: object[],
  now = NOW,
  pushedBy?: Pusher,
  version: object = { repositoryName: repository, sha: `abc${n}`, branch, event: 'push' },
): Promise<string[]> {
  const document = { id: `${app}-${n}`, version, context: { BRANCH: branch, SHA: 'abc' }, environments };
  const { id } = await accept(stores, artifactDocument(document), now, pushedBy);
  const decisions = (await decideArtifact(stores, { artifactId: id }, now)) ?? [];
  for (const { app: name, env, release } of decisions) {
    if (!release) continue;
    const running = {
      releaseId: release.id,
      artifactId: id,
      order: release.order,
      writtenAt: now,
      tree: 'a'.repeat(40),
    };
    await stores.targets.recordWritten({ app: name, env }, running);
  }
  return decisions.map((decision) => `${decision.env}/${decision.app} ${decision.outcome}`);
}

const preview = () => manifest(app, 'staging', { deploy: null, preview: true });
async function deleteBranch(branch: string, now = NOW): Promise<readonly string[]> {
  const name = { repository, branch };
  await stores.branches.markDeleted(name, now, branchMark(name, now, now));
  return cleanUpBranch(stores, name, now);
}

describe('a deleted branch', () => {
  it('takes its preview with it, once', async () => {
    const target = { app: `${app}-feature-x`, env: 'staging' };
    expect(await arrive(1, 'feature/x', [preview()])).toEqual([`staging/${target.app} released`]);
    expect(await deleteBranch('feature/x')).toEqual([`staging/${target.app}`]);
    expect(await cleanUpBranch(stores, { repository, branch: 'feature/x' }, NOW + 1)).toEqual([]);
    const { items } = await stores.releases.browse(
      { env: 'staging', app: target.app },
      { limit: 10, offset: 0 },
    );
    expect(items.map(({ change, triggeredBy }) => [change.kind, triggeredBy])).toEqual(
      expect.arrayContaining([
        ['delete', 'cleanup'],
        ['deploy', 'policy'],
      ]),
    );
    expect(items.find(({ change }) => change.kind === 'delete')).toMatchObject({
      state: 'ready',
      reason: 'deleted: its branch feature/x was deleted',
    });
  });

  it('takes that of a pull request with it, however its artifact names the branch', async () => {
    const version = { repositoryName: repository, sha: 'abc', event: 'pr' };
    const deploy = { event: 'pr', branch: 'feature/*' };
    const environments = (name: string) => [
      manifest(name, 'staging', { deploy, cleanup: { app: name, event: 'branchDeleted', branch: '*' } }),
    ];
    const only = { ...version, sourceBranch: 'feature/only', targetBranch: 'main' };
    const both = { ...version, sourceBranch: 'feature/both', branch: 'main' };
    await arrive(1, 'feature/only', environments(`${app}-only`), NOW, undefined, only);
    await arrive(2, 'feature/both', environments(`${app}-both`), NOW, undefined, both);
    expect(await deleteBranch('feature/only')).toEqual([`staging/${app}-only`]);
    expect(await deleteBranch('feature/both')).toEqual([`staging/${app}-both`]);
  });

  it('asks for nothing again while people may still agree', async () => {
    const approvals = { required: 1, withinHours: 72 };
    stores = { ...stores, settings: { ...stores.settings, environments: { staging: { approvals } } } };
    const target = `staging/${app}-feature-x`;
    expect(await arrive(1, 'feature/x', [preview()])).toEqual([`${target} awaitingApproval`]);
    const begin = Math.ceil(NOW / (3 * DAY)) * 3 * DAY;
    expect(await deleteBranch('feature/x', begin)).toEqual([target]);
    const daysAfter = (days: number) =>
      cleanUpBranch(stores, { repository, branch: 'feature/x' }, begin + days * DAY);
    expect([await daysAfter(1), await daysAfter(2), await daysAfter(3)]).toEqual([[], [], [target]]);
    const page = { limit: 10, offset: 0 };
    const { items } = await stores.releases.browseWaiting(
      { app: `${app}-feature-x`, visible: () => true },
      page,
    );
    expect(items.map(({ change }) => change.kind)).toEqual(['delete', 'delete', 'deploy']);
  });

  it('releases nothing any more, until it is there again', async () => {
    await deleteBranch('feature/x');
    expect(await arrive(1, 'feature/x', [preview()])).toEqual([`staging/${app}-feature-x notMatched`]);
    const [decision] = await stores.decisions.listFor(`${app}-1`);
    expect(decision).toMatchObject({ sentence: 'not released: branch deleted' });
    expect(decision?.conditions).toContainEqual(
      expect.objectContaining({ name: 'branchDeleted', holds: false }),
    );
    await stores.branches.markCreated({ repository, branch: 'feature/x' });
    expect(await arrive(2, 'feature/x', [preview()])).toEqual([`staging/${app}-feature-x released`]);
  });

  it('releases nothing of it that had to wait', async () => {
    const target = { app: `${app}-feature-x`, env: 'staging' };
    const hold = holdBy('jane', 'looking');
    await stores.targets.hold(target, hold);
    expect(await arrive(1, 'feature/x', [preview()])).toEqual([`staging/${target.app} held`]);
    await deleteBranch('feature/x');
    await stores.targets.liftHold(target, hold.id);
    expect((await lookAfterTarget(stores, target, NOW)).decided).toEqual([
      `staging/${target.app} notMatched`,
    ]);
  });

  it('is looked at every day for 30 days, for what was still under way', async () => {
    const name = { repository, branch: 'feature/x' };
    const due = async () => (await markOf(stores, keys.branch(name)))?.dueAt;
    await deleteBranch('feature/x');
    expect(await due()).toBe(NOW + DAY);
    await cleanUpBranch(stores, name, NOW + 29 * DAY);
    expect(await due()).toBe(NOW + 30 * DAY);
    await cleanUpBranch(stores, name, NOW + 30 * DAY);
    expect(await due()).toBeUndefined();
  });

  it('takes only what its patterns say, and nothing that another branch has released there', async () => {
    const cleanup = (name: string, branch: string) => ({ app: name, event: 'branchDeleted', branch });
    const deploy = { event: 'push', branch: '*' };
    const environments = (branch: string) => [
      manifest(`${app}-a`, 'staging', { deploy, cleanup: cleanup(`${app}-a`, branch) }),
    ];
    await arrive(1, 'main', environments('!main'));
    expect(await deleteBranch('main')).toEqual([]);
    await stores.branches.markCreated({ repository, branch: 'main' });
    await arrive(2, 'feature/y', environments('!main'));
    await arrive(3, 'main', environments('!main'));
    expect(await deleteBranch('feature/y')).toEqual([]);
    await arrive(4, 'feature/z', environments('!main'));
    expect(await deleteBranch('feature/z')).toEqual([`staging/${app}-a`]);
  });
});

describe('a branch that has released to a protected environment', () => {
  const pusher = (...environments: string[]): Pusher => {
    const grants = roleGrants({ role: 'ci', apps: ['*'], repositories: ['*'], environments });
    return { id: 'ci', name: 'ci', grants };
  };

  it('takes it along only for who may release there', async () => {
    const production = { production: { protected: true } };
    stores = { ...stores, settings: { ...stores.settings, environments: production } };
    const cleanup = { app, event: 'branchDeleted', branch: '*' };
    const deploy = { event: 'push', branch: '*' };
    const environments = [manifest(app, 'production', { deploy, cleanup })];
    const [granted, other] = [pusher('production'), pusher('*')];
    expect(await arrive(1, 'canary', environments, NOW, granted)).toEqual([`production/${app} released`]);
    expect(await arrive(2, 'canary', environments, NOW, other)).toEqual([`production/${app} notMatched`]);
    expect(await deleteBranch('canary')).toEqual([]);
    await stores.branches.markCreated({ repository, branch: 'canary' });
    await arrive(3, 'canary', environments, NOW, granted);
    expect(await deleteBranch('canary')).toEqual([`production/${app}`]);
  });
});

describe('a preview without artifacts', () => {
  it('ends also on a branch that was deleted under the same name once, and is forgotten by readers', async () => {
    const name = { repository, branch: 'feature/x' };
    const longAgo = NOW - 31 * DAY;
    await stores.branches.markDeleted(name, longAgo, branchMark(name, longAgo, longAgo));
    expect(await stores.branches.get(name)).toBeUndefined();
    await arrive(1, 'feature/x', [preview()]);
    expect(await stores.branches.get(name)).toMatchObject({ lastPreviewAt: NOW });
    expect(await markOf(stores, keys.branch(name))).toMatchObject({ dueAt: NOW + 14 * DAY });
    expect(await cleanUpBranch(stores, name, NOW + 14 * DAY)).toEqual([`staging/${app}-feature-x`]);
  });

  it('ends after two weeks, and begins anew with each artifact', async () => {
    const name = { repository, branch: 'feature/x' };
    await arrive(1, 'feature/x', [preview()]);
    await arrive(2, 'feature/x', [preview()], NOW + 10 * DAY);
    expect(await markOf(stores, keys.branch(name))).toMatchObject({ queue: 'events', dueAt: NOW + 24 * DAY });
    expect(await cleanUpBranch(stores, name, NOW + 14 * DAY)).toEqual([]);
    expect(await cleanUpBranch(stores, name, NOW + 24 * DAY)).toEqual([`staging/${app}-feature-x`]);
    expect(await markOf(stores, keys.branch(name))).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import type { Release } from '../../shared/release/release.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { type RollbackOrder, requestRollback } from '../../shared/release/request-rollback.ts';
import type { TestGitServer, TestRepo } from '../support/git-server.ts';
import { commitForeign, filesOf, git } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { context, ENV, ReleasedApps } from '../support/released-apps.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, type Stores } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

let server: TestGitServer;
let apps: ReleasedApps;
let stores: Stores;
let repo: TestRepo;
let run: number;
let a: string;
let b: string;
gitOpsForTests((given) => {
  ({ server, stores, repo, run } = given);
  apps = new ReleasedApps(given);
  ({ a, b } = apps);
});

describe('a rollback', () => {
  it('puts an app back to what it was three steps ago in one commit, and leaves the other alone', async () => {
    const ofA: Release[] = [];
    for (let n = 1; n <= 10; n += 1) {
      ofA.push(await apps.released(a, n));
      await apps.released(b, n);
    }
    const [before, count] = [apps.tip(), apps.commits()];
    const back = await apps.done(await apps.rollback(ofA[6]?.commit ?? ''));
    expect(apps.commits()).toBe(count + 1);
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(ofA[6]?.commit ?? '', a));
    expect(apps.treeOf(apps.tip(), b)).toBe(apps.treeOf(before, b));
    expect(git(repo.path, ['log', '-1', '--format=%s', repo.branch])).toBe(
      `[Gimlet] ${ENV}/${a} rolled back by jane`,
    );
    expect(back).toMatchObject({
      state: 'released',
      artifactId: ofA[6]?.artifactId,
      reason: `rolled back by jane to release ${ofA[6]?.id}`,
    });
  });

  it('may name a commit of another app: it is what this one was then', async () => {
    const first = await apps.released(a, 1);
    const then = await apps.released(b, 1);
    await apps.released(a, 2);
    const last = await apps.released(b, 2);
    await apps.done(await apps.rollback(then.commit ?? ''));
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(first.commit ?? '', a));
    const now = await apps.rollback(last.commit ?? '');
    expect(now.targets[0]?.basis).not.toBe(first.id);
  });

  it('finds what was written together in the order of the commits', async () => {
    await apps.released(a, 1);
    const order = async (app: string) => ({
      app,
      ENV,
      order: await stores.targets.allocateNext({ app, env: ENV }),
    });
    const second = await readyRelease(stores, repo, await order(a));
    const beside = await readyRelease(stores, repo, await order(b));
    await apps.write(second.id, beside.id);
    const later = [await stores.releases.get(second.id), await stores.releases.get(beside.id)].toSorted(
      (x, y) => ((x?.place ?? '') < (y?.place ?? '') ? -1 : 1),
    );
    const log = git(repo.path, ['log', '--reverse', '--format=%H', '-2', repo.branch]).split('\n');
    expect(later.map((release) => release?.commit)).toEqual(log);
    await apps.released(a, 3);
    const request = await apps.rollback(log[1] ?? '');
    expect(request.targets[0]?.basis).toBe(second.id);
  });

  it('can be rolled back itself, by what it is or by its commit', async () => {
    const first = await apps.released(a, 1);
    const second = await apps.released(a, 2);
    const back = await apps.done(await apps.rollback(first.id));
    const forth = await apps.done(await apps.rollback(second.id));
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(second.commit ?? '', a));
    expect(forth.state).toBe('released');
    await apps.done(await apps.rollback(back.id));
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(first.commit ?? '', a));
  });

  it('brings back what was deleted, and takes away again what was not there then', async () => {
    const first = await apps.released(a, 1);
    const gone = await apps.done(await requestDeletion(apps.ports(), { app: a, env: ENV }, context()));
    expect(filesOf(repo.path, apps.tip())).toEqual({});
    await apps.done(await apps.rollback(first.id));
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(first.commit ?? '', a));
    await apps.done(await apps.rollback(gone.commit ?? ''));
    expect(filesOf(repo.path, apps.tip())).toEqual({});
  });

  it('brings back what git has lost, byte for byte', async () => {
    const first = await apps.released(a, 1);
    const files = filesOf(repo.path, apps.tip());
    const fresh = await server.createRepo();
    commitForeign(fresh.path, fresh.branch, { 'README.md': 'a new beginning' });
    const location = { repo: fresh.url, branch: fresh.branch, layout: 'directories' } as const;
    const settings = { ...stores.settings, gitops: { ...stores.settings.gitops, repo: fresh.url } };
    const request = await apps.rollback(first.id);
    await executeRequest({ ...stores, settings }, { requestId: request.id }, Date.now());
    const release = await apps.written(request.targets[0]?.releaseId ?? '');
    expect(release.location).toEqual(location);
    expect(filesOf(fresh.path, release.commit ?? '')).toEqual({ ...files, 'README.md': 'a new beginning' });
  });

  it('finds what was released of an artifact', async () => {
    const { id } = await accept(stores, artifactDocument({ id: `${a}-x`, environments: [manifest(a, ENV)] }));
    const made = await requestRelease(apps.ports(), { artifactId: id, env: ENV }, context());
    await executeRequest(stores, { requestId: made.id }, Date.now());
    const release = await apps.rendered(made.targets[0]?.releaseId ?? '');
    await apps.released(a, 2);
    const request = await apps.rollback(id);
    expect(request.targets[0]?.basis).toBe(release.id);
  });

  it('is not undone by an artifact that arrives before it is written', async () => {
    const environments = [manifest(a, ENV)];
    await accept(stores, artifactDocument({ id: `${a}-1`, environments }));
    const first = await apps.released(a, 1);
    await apps.released(a, 2);
    const request = await apps.rollback(first.id);
    const { id } = await accept(stores, artifactDocument({ id: `${a}-2`, environments }));
    const decisions = await decideArtifact(stores, { artifactId: id }, Date.now());
    expect(decisions?.map(({ outcome }) => outcome)).toEqual(['held']);
    await apps.done(request);
    expect(apps.treeOf(apps.tip(), a)).toBe(apps.treeOf(first.commit ?? '', a));
    expect((await stores.targets.get({ app: a, env: ENV })).hold).toMatchObject({
      owner: 'jane',
      reason: `it was rolled back to ${first.id}`,
    });
  });

  it('outranks what was on its way when it was asked for', async () => {
    const first = await apps.released(a, 1);
    const order = await stores.targets.allocateNext({ app: a, env: ENV });
    const onItsWay = await readyRelease(stores, repo, { app: a, env: ENV, order });
    const back = await apps.done(await apps.rollback(first.id));
    expect((await stores.targets.get({ app: a, env: ENV })).running?.releaseId).toBe(back.id);
    expect(await stores.releases.get(onItsWay.id)).toMatchObject({ state: 'superseded' });
  });

  it.each<[string, () => Promise<Partial<RollbackOrder>>]>([
    ['an unknown id', async () => ({ to: 'rel-none' })],
    [
      'a commit that somebody else made',
      async () => {
        await apps.released(a, 1);
        return { to: commitForeign(repo.path, repo.branch, { 'README.md': 'x' }) };
      },
    ],
    ['a release of another app', async () => ({ to: (await apps.released(b, 1)).id })],
    [
      'a commit from before there was one of the app',
      async () => {
        const { commit = '' } = await apps.released(b, 1);
        await apps.released(a, 1);
        return { to: commit };
      },
    ],
    [
      'a release that was never written',
      async () => {
        const order = await stores.targets.allocateNext({ app: a, env: ENV });
        return { to: (await readyRelease(stores, repo, { app: a, env: ENV, order })).id };
      },
    ],
    ['an app that is not there', async () => ({ to: (await apps.released(a, 1)).id, app: 'typo' })],
  ])('to %s is refused, and changes nothing', async (_what, make) => {
    const order = await make();
    const before = await stores.targets.get({ app: a, env: ENV });
    await expect(apps.rollback('', order)).rejects.toMatchObject({
      code: 'rollback-target-not-found',
      kind: 'notFound',
    });
    expect(await stores.targets.get({ app: a, env: ENV })).toEqual(before);
  });

  it('is bound by restrictions, and by freezes unless somebody overrides them', async () => {
    const first = await apps.released(a, 1);
    await apps.released(a, 2);
    const nothing = { restrictions: [], freezes: [] };
    await stores.controls.setEnvironment(ENV, {
      ...nothing,
      restrictions: [{ branchPattern: 'release-.*' }],
    });
    await expect(apps.rollback(first.id)).rejects.toMatchObject({ code: 'restricted' });
    const freeze = { from: Date.now() - 1, until: Date.now() + 60_000, reason: 'sale' };
    await stores.controls.setEnvironment(ENV, { ...nothing, freezes: [freeze] });
    await expect(apps.rollback(first.id)).rejects.toMatchObject({ code: 'frozen' });
    expect((await stores.targets.get({ app: a, env: ENV })).hold).toBeUndefined();
    const release = await apps.done(await apps.rollback(first.id, { overrideFreeze: 'it is down' }));
    await stores.controls.setEnvironment(ENV, nothing);
    expect(release).toMatchObject({ state: 'released', freezeOverride: 'it is down' });
    expect(release.reason).toContain('whatever is frozen: it is down');
  });

  it('lifts its hold when it can’t be recorded', async () => {
    const first = await apps.released(a, 1);
    const requests = overriding(stores.requests, {
      putOnce: async (request) => ({ ...request, digest: 'of something else' }),
    });
    const order = { app: a, env: ENV, to: first.id };
    await expect(requestRollback({ ...apps.ports(), requests }, order, context())).rejects.toThrow(
      'Idempotency-Key',
    );
    expect((await stores.targets.get({ app: a, env: ENV })).hold).toBeUndefined();
  });

  it('is one for one idempotency key, however often it is asked for', async () => {
    const first = await apps.released(a, 1);
    const key = context({ idempotencyKey: `key-${run}` });
    const order = { app: a, env: ENV, to: first.id };
    const request = await requestRollback(apps.ports(), order, key);
    expect(await requestRollback(apps.ports(), order, key)).toEqual(request);
    await expect(requestDeletion(apps.ports(), { app: a, env: ENV }, key)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('is made once, however often its request is executed', async () => {
    const first = await apps.released(a, 1);
    await apps.released(a, 2);
    const request = await apps.rollback(first.id);
    const requests = overriding(stores.requests, { markExecuted: async () => undefined });
    await executeRequest({ ...stores, requests }, { requestId: request.id }, Date.now());
    const back = await apps.done(request);
    const count = apps.commits();
    await executeRequest(stores, { requestId: request.id }, Date.now());
    await apps.write(back.id);
    expect(apps.commits()).toBe(count);
  });
});

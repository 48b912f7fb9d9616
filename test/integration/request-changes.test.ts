import { describe, expect, it } from 'vitest';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import { cancelRelease } from '../../shared/release/cancel-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import type { Release } from '../../shared/release/release.ts';
import type { ReleaseRequest } from '../../shared/release/request.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestPromotion } from '../../shared/release/request-promotion.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { type RollbackOrder, requestRollback } from '../../shared/release/request-rollback.ts';
import type { TestGitServer, TestRepo } from '../support/git-server.ts';
import { commitForeign, filesOf, git, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, type Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

let server: TestGitServer;
let stores: Stores;
let repo: TestRepo;
let writer: WriterPorts;
let run: number;
/** Two apps of each test's own. */
let a: string;
let b: string;

gitOpsForTests((given) => {
  ({ server, stores, repo, run } = given);
  writer = makeWriterPorts(stores);
  [a, b] = [`shop-${run}`, `db-${run}`];
});

const env = 'staging';
const tip = () => tipOf(repo.path, repo.branch) as string;
const commits = () => Number(git(repo.path, ['rev-list', '--count', repo.branch]));
const treeOf = (commit: string, app: string) => git(repo.path, ['rev-parse', `${commit}:${env}/${app}`]);
const ports = () => ({ ...stores, newId: () => Math.random().toString(36).slice(2) });
const context = (more: { readonly idempotencyKey?: string } = {}) => ({
  triggeredBy: 'jane',
  now: Date.now(),
  ...more,
});
const rollback = (to: string, order: Partial<RollbackOrder> = {}) =>
  requestRollback(ports(), { app: a, env, to, ...order }, context());

/** What a policy has released of an app, written. */
async function released(app: string, n: number): Promise<Release> {
  const order = await stores.targets.allocateNext({ app, env });
  const files = { 'configmap.yaml': `app: ${app}\nn: ${n}\n`, [`only-in-${n}.yaml`]: 'x: 1\n' };
  const { id } = await readyRelease(stores, repo, { app, env, order, files, triggeredBy: `policy-${n}` });
  return written(id);
}

async function written(id: string): Promise<Release> {
  await writeReleases(writer, [id], Date.now() + 55_000);
  const release = await stores.releases.get(id);
  if (!release?.commit) throw new Error(`release ${id} is ${release?.state}: ${release?.outcomeReason}`);
  return release;
}

/** What a request came to when it is executed and written. */
async function done(request: ReleaseRequest): Promise<Release> {
  await executeRequest(stores, { requestId: request.id }, Date.now());
  return written(request.targets[0]?.releaseId ?? '');
}

async function running(app = a): Promise<string | undefined> {
  return (await stores.targets.get({ app, env })).running?.releaseId;
}

describe('a rollback', () => {
  it('puts an app back to what it was three steps ago in one commit, and leaves the other alone', async () => {
    const ofA: Release[] = [];
    for (let n = 1; n <= 10; n += 1) {
      ofA.push(await released(a, n));
      await released(b, n);
    }
    const [before, count] = [tip(), commits()];
    const back = await done(await rollback(ofA[6]?.commit ?? ''));
    expect(commits()).toBe(count + 1);
    expect(treeOf(tip(), a)).toBe(treeOf(ofA[6]?.commit ?? '', a));
    expect(treeOf(tip(), b)).toBe(treeOf(before, b));
    expect(git(repo.path, ['log', '-1', '--format=%s', repo.branch])).toBe(
      `[Gimlet] ${env}/${a} rolled back by jane`,
    );
    expect(back).toMatchObject({
      state: 'released',
      artifactId: ofA[6]?.artifactId,
      reason: `rolled back by jane to release ${ofA[6]?.id}`,
    });
  });

  it('may name a commit of another app: it is what this one was then', async () => {
    const first = await released(a, 1);
    const then = await released(b, 1);
    await released(a, 2);
    const last = await released(b, 2);
    await done(await rollback(then.commit ?? ''));
    expect(treeOf(tip(), a)).toBe(treeOf(first.commit ?? '', a));
    const now = await rollback(last.commit ?? '');
    expect(now.targets[0]?.basis).not.toBe(first.id);
  });

  it('finds what was written together in the order of the commits', async () => {
    await released(a, 1);
    const order = async (app: string) => ({
      app,
      env,
      order: await stores.targets.allocateNext({ app, env }),
    });
    const second = await readyRelease(stores, repo, await order(a));
    const beside = await readyRelease(stores, repo, await order(b));
    await writeReleases(writer, [second.id, beside.id], Date.now() + 55_000);
    const later = [await stores.releases.get(second.id), await stores.releases.get(beside.id)].toSorted(
      (x, y) => ((x?.place ?? '') < (y?.place ?? '') ? -1 : 1),
    );
    const log = git(repo.path, ['log', '--reverse', '--format=%H', '-2', repo.branch]).split('\n');
    expect(later.map((release) => release?.commit)).toEqual(log);
    await released(a, 3);
    const request = await rollback(log[1] ?? '');
    expect(request.targets[0]?.basis).toBe(second.id);
  });

  it('can be rolled back itself, by what it is or by its commit', async () => {
    const first = await released(a, 1);
    const second = await released(a, 2);
    const back = await done(await rollback(first.id));
    const forth = await done(await rollback(second.id));
    expect(treeOf(tip(), a)).toBe(treeOf(second.commit ?? '', a));
    expect(forth.state).toBe('released');
    await done(await rollback(back.id));
    expect(treeOf(tip(), a)).toBe(treeOf(first.commit ?? '', a));
  });

  it('brings back what was deleted, and takes away again what was not there then', async () => {
    const first = await released(a, 1);
    const gone = await done(await requestDeletion(ports(), { app: a, env }, context()));
    expect(filesOf(repo.path, tip())).toEqual({});
    await done(await rollback(first.id));
    expect(treeOf(tip(), a)).toBe(treeOf(first.commit ?? '', a));
    await done(await rollback(gone.commit ?? ''));
    expect(filesOf(repo.path, tip())).toEqual({});
  });

  it('brings back what git has lost, byte for byte', async () => {
    const first = await released(a, 1);
    const files = filesOf(repo.path, tip());
    const fresh = await server.createRepo();
    commitForeign(fresh.path, fresh.branch, { 'README.md': 'a new beginning' });
    const location = { repo: fresh.url, branch: fresh.branch, layout: 'directories' } as const;
    const settings = { ...stores.settings, gitops: { ...stores.settings.gitops, repo: fresh.url } };
    const request = await rollback(first.id);
    await executeRequest({ ...stores, settings }, { requestId: request.id }, Date.now());
    const release = await written(request.targets[0]?.releaseId ?? '');
    expect(release.location).toEqual(location);
    expect(filesOf(fresh.path, release.commit ?? '')).toEqual({ ...files, 'README.md': 'a new beginning' });
  });

  it('finds what was released of an artifact', async () => {
    const { id } = await accept(stores, artifactDocument({ id: `${a}-x`, environments: [manifest(a, env)] }));
    const made = await requestRelease(ports(), { artifactId: id, env }, context());
    await executeRequest(stores, { requestId: made.id }, Date.now());
    const release = await rendered(made.targets[0]?.releaseId ?? '');
    await released(a, 2);
    const request = await rollback(id);
    expect(request.targets[0]?.basis).toBe(release.id);
  });

  it('is not undone by an artifact that arrives before it is written', async () => {
    const environments = [manifest(a, env)];
    await accept(stores, artifactDocument({ id: `${a}-1`, environments }));
    const first = await released(a, 1);
    await released(a, 2);
    const request = await rollback(first.id);
    const { id } = await accept(stores, artifactDocument({ id: `${a}-2`, environments }));
    const decisions = await decideArtifact(stores, { artifactId: id }, Date.now());
    expect(decisions?.map(({ outcome }) => outcome)).toEqual(['held']);
    await done(request);
    expect(treeOf(tip(), a)).toBe(treeOf(first.commit ?? '', a));
    expect((await stores.targets.get({ app: a, env })).hold).toMatchObject({
      owner: 'jane',
      reason: `it was rolled back to ${first.id}`,
    });
  });

  it('outranks what was on its way when it was asked for', async () => {
    const first = await released(a, 1);
    const order = await stores.targets.allocateNext({ app: a, env });
    const onItsWay = await readyRelease(stores, repo, { app: a, env, order });
    const back = await done(await rollback(first.id));
    expect(await running()).toBe(back.id);
    expect(await stores.releases.get(onItsWay.id)).toMatchObject({ state: 'superseded' });
  });

  it.each<[string, () => Promise<Partial<RollbackOrder>>]>([
    ['an unknown id', async () => ({ to: 'rel-none' })],
    [
      'a commit that somebody else made',
      async () => {
        await released(a, 1);
        return { to: commitForeign(repo.path, repo.branch, { 'README.md': 'x' }) };
      },
    ],
    ['a release of another app', async () => ({ to: (await released(b, 1)).id })],
    [
      'a commit from before there was one of the app',
      async () => {
        const { commit = '' } = await released(b, 1);
        await released(a, 1);
        return { to: commit };
      },
    ],
    [
      'a release that was never written',
      async () => {
        const order = await stores.targets.allocateNext({ app: a, env });
        return { to: (await readyRelease(stores, repo, { app: a, env, order })).id };
      },
    ],
    ['an app that is not there', async () => ({ to: (await released(a, 1)).id, app: 'typo' })],
  ])('to %s is refused, and changes nothing', async (_what, make) => {
    const order = await make();
    const before = await stores.targets.get({ app: a, env });
    await expect(rollback('', order)).rejects.toMatchObject({
      code: 'rollback-target-not-found',
      kind: 'notFound',
    });
    expect(await stores.targets.get({ app: a, env })).toEqual(before);
  });

  it('is bound by restrictions, and by freezes unless somebody overrides them', async () => {
    const first = await released(a, 1);
    await released(a, 2);
    const nothing = { restrictions: [], freezes: [] };
    await stores.controls.setEnvironment(env, {
      ...nothing,
      restrictions: [{ branchPattern: 'release-.*' }],
    });
    await expect(rollback(first.id)).rejects.toMatchObject({ code: 'restricted' });
    const freeze = { from: Date.now() - 1, until: Date.now() + 60_000, reason: 'sale' };
    await stores.controls.setEnvironment(env, { ...nothing, freezes: [freeze] });
    await expect(rollback(first.id)).rejects.toMatchObject({ code: 'frozen' });
    expect((await stores.targets.get({ app: a, env })).hold).toBeUndefined();
    const release = await done(await rollback(first.id, { overrideFreeze: 'it is down' }));
    await stores.controls.setEnvironment(env, nothing);
    expect(release).toMatchObject({ state: 'released', freezeOverride: 'it is down' });
    expect(release.reason).toContain('whatever is frozen: it is down');
  });

  it('lifts its hold when it can’t be recorded', async () => {
    const first = await released(a, 1);
    const requests = overriding(stores.requests, {
      putOnce: async (request) => ({ ...request, digest: 'of something else' }),
    });
    const order = { app: a, env, to: first.id };
    await expect(requestRollback({ ...ports(), requests }, order, context())).rejects.toThrow(
      'Idempotency-Key',
    );
    expect((await stores.targets.get({ app: a, env })).hold).toBeUndefined();
  });

  it('is one for one idempotency key, however often it is asked for', async () => {
    const first = await released(a, 1);
    const key = context({ idempotencyKey: `key-${run}` });
    const order = { app: a, env, to: first.id };
    const request = await requestRollback(ports(), order, key);
    expect(await requestRollback(ports(), order, key)).toEqual(request);
    await expect(requestDeletion(ports(), { app: a, env }, key)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('is made once, however often its request is executed', async () => {
    const first = await released(a, 1);
    await released(a, 2);
    const request = await rollback(first.id);
    const requests = overriding(stores.requests, { markExecuted: async () => undefined });
    await executeRequest({ ...stores, requests }, { requestId: request.id }, Date.now());
    const back = await done(request);
    const count = commits();
    await executeRequest(stores, { requestId: request.id }, Date.now());
    await writeReleases(writer, [back.id], Date.now() + 55_000);
    expect(commits()).toBe(count);
  });
});

describe('a delete', () => {
  it('takes the app’s directory away and no other, and then there is nothing to delete', async () => {
    await released(a, 1);
    await released(b, 1);
    const before = treeOf(tip(), b);
    const release = await done(await requestDeletion(ports(), { app: a, env }, context()));
    expect(release).toMatchObject({ state: 'released', reason: 'deleted by jane' });
    expect(Object.keys(filesOf(repo.path, tip())).every((path) => path.startsWith(`${env}/${b}/`))).toBe(
      true,
    );
    expect(treeOf(tip(), b)).toBe(before);
    const again = requestDeletion(ports(), { app: a, env }, context());
    await expect(again).rejects.toMatchObject({ code: 'nothing-runs', kind: 'notFound' });
    await expect(again).rejects.toThrow(b);
  });

  it('goes through where only other branches may be released', async () => {
    await released(a, 1);
    const restrictions = [{ branchPattern: 'release-.*' }];
    await stores.controls.setEnvironment(env, { restrictions, freezes: [] });
    const release = await done(await requestDeletion(ports(), { app: a, env }, context()));
    await stores.controls.setEnvironment(env, { restrictions: [], freezes: [] });
    expect(release.state).toBe('released');
  });
});

describe('a promotion', () => {
  const production = { from: env, env: 'production' };

  async function runningArtifact(app: string): Promise<string> {
    const environments = [manifest(app, env), manifest(app, 'production', { deploy: undefined })];
    const { id } = await accept(stores, artifactDocument({ id: `${app}-promoted`, environments }));
    const made = await requestRelease(ports(), { artifactId: id, env, app }, context());
    await executeRequest(stores, { requestId: made.id }, Date.now());
    await rendered(made.targets[0]?.releaseId ?? '');
    return id;
  }

  it('releases to an environment what runs in another', async () => {
    const id = await runningArtifact(a);
    const request = await requestPromotion(ports(), { ...production, app: a }, context());
    expect(request.targets).toMatchObject([{ app: a, env: 'production', artifactId: id }]);
    await executeRequest(stores, { requestId: request.id }, Date.now());
    expect(await stores.releases.get(request.targets[0]?.releaseId ?? '')).toMatchObject({
      state: 'queued',
      reason: 'promoted by jane',
      artifactId: id,
    });
  });

  it('of what does not run there is refused, with what does', async () => {
    await runningArtifact(a);
    const refused = requestPromotion(ports(), { ...production, app: 'typo' }, context());
    await expect(refused).rejects.toMatchObject({ code: 'nothing-runs', kind: 'notFound' });
    await expect(refused).rejects.toThrow(a);
    const nowhere = requestPromotion(ports(), { from: 'stagin', env: 'production' }, context());
    await expect(nowhere).rejects.toMatchObject({ code: 'nothing-runs' });
  });

  it('of an app that has no manifest there is refused', async () => {
    await runningArtifact(a);
    const order = { from: env, env: 'nowhere', app: a };
    await expect(requestPromotion(ports(), order, context())).rejects.toMatchObject({
      code: 'environment-not-found',
    });
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => cancelRelease(stores, id, { cancelledBy: 'jane', now: Date.now() });
  const waiting = async () => {
    const order = await stores.targets.allocateNext({ app: a, env });
    return readyRelease(stores, repo, { app: a, env, order });
  };

  it('takes a release back before the writer has it, once', async () => {
    const release = await waiting();
    expect(await cancel(release.id)).toMatchObject([
      { state: 'cancelled', outcomeReason: 'cancelled by jane' },
    ]);
    expect(await cancel(release.id)).toMatchObject([{ state: 'cancelled' }]);
    await writeReleases(writer, [release.id], Date.now() + 55_000);
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  it('takes back all of a request that can be taken back', async () => {
    const first = await released(a, 1);
    await released(a, 2);
    const request = await rollback(first.id);
    await expect(cancel(request.id)).rejects.toMatchObject({ code: 'not-made-yet', kind: 'transient' });
    await executeRequest(stores, { requestId: request.id }, Date.now());
    expect(await cancel(request.id)).toMatchObject([{ state: 'cancelled' }]);
  });

  it('is too late once the writer had it, even when the repo refused it', async () => {
    const { id } = await released(a, 1);
    await expect(cancel(id)).rejects.toMatchObject({ code: 'too-late', kind: 'conflict' });
    const release = await waiting();
    const writing = await stores.releases.move(release, {
      state: 'writing',
      times: { ...release.times, writing: Date.now() },
    });
    if (!writing) throw new Error('it could not be moved');
    await stores.releases.move(writing, { state: 'ready' });
    await expect(cancel(release.id)).rejects.toMatchObject({ code: 'too-late' });
  });

  it('of nothing is refused', async () => {
    await expect(cancel('rel-none')).rejects.toMatchObject({ code: 'release-not-found' });
  });
});

/** A queued release, given files as a renderer would, written. */
async function rendered(id: string): Promise<Release> {
  const queued = await stores.releases.get(id);
  const rendering = queued && (await stores.releases.move(queued, { state: 'rendering' }));
  const bundle = await stores.bundles.put(new Map([['configmap.yaml', 'a: 1\n']]));
  const ready = rendering && (await stores.releases.move(rendering, { state: 'ready', bundle }));
  return written(ready?.id ?? '');
}

import { describe, expect, it } from 'vitest';
import { cancelRelease } from '../../shared/release/cancel-release.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestPromotion } from '../../shared/release/request-promotion.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import type { TestRepo } from '../support/git-server.ts';
import { filesOf, tipOf } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { context, ENV, ReleasedApps } from '../support/released-apps.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, type Stores } from '../support/stores.ts';

let apps: ReleasedApps;
let stores: Stores;
let repo: TestRepo;
let a: string;
let b: string;
gitOpsForTests((given) => {
  ({ stores, repo } = given);
  apps = new ReleasedApps(given);
  ({ a, b } = apps);
});

describe('a delete', () => {
  it('takes the app’s directory away and no other, and then there is nothing to delete', async () => {
    await apps.released(a, 1);
    await apps.released(b, 1);
    const before = apps.treeOf(apps.tip(), b);
    const release = await apps.done(await requestDeletion(apps.ports(), { app: a, env: ENV }, context()));
    expect(release).toMatchObject({ state: 'released', reason: 'deleted by jane' });
    expect(Object.keys(filesOf(repo.path, apps.tip())).every((path) => path.startsWith(`${ENV}/${b}/`))).toBe(
      true,
    );
    expect(apps.treeOf(apps.tip(), b)).toBe(before);
    const again = requestDeletion(apps.ports(), { app: a, env: ENV }, context());
    await expect(again).rejects.toMatchObject({ code: 'nothing-runs', kind: 'notFound' });
    await expect(again).rejects.toThrow(b);
  });

  it('goes through where only other branches may be released', async () => {
    await apps.released(a, 1);
    const restrictions = [{ branchPattern: 'release-.*' }];
    await stores.controls.setEnvironment(ENV, { restrictions, freezes: [] });
    const release = await apps.done(await requestDeletion(apps.ports(), { app: a, env: ENV }, context()));
    await stores.controls.setEnvironment(ENV, { restrictions: [], freezes: [] });
    expect(release.state).toBe('released');
  });
});

describe('a promotion', () => {
  const production = { from: ENV, env: 'production' };

  async function runningArtifact(app: string): Promise<string> {
    const environments = [manifest(app, ENV), manifest(app, 'production', { deploy: undefined })];
    const { id } = await accept(stores, artifactDocument({ id: `${app}-promoted`, environments }));
    const made = await requestRelease(apps.ports(), { artifactId: id, env: ENV, app }, context());
    await executeRequest(stores, { requestId: made.id }, Date.now());
    await apps.rendered(made.targets[0]?.releaseId ?? '');
    return id;
  }

  it('releases to an environment what runs in another', async () => {
    const id = await runningArtifact(a);
    const request = await requestPromotion(apps.ports(), { ...production, app: a }, context());
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
    const refused = requestPromotion(apps.ports(), { ...production, app: 'typo' }, context());
    await expect(refused).rejects.toMatchObject({ code: 'nothing-runs', kind: 'notFound' });
    await expect(refused).rejects.toThrow(a);
    const nowhere = requestPromotion(apps.ports(), { from: 'stagin', env: 'production' }, context());
    await expect(nowhere).rejects.toMatchObject({ code: 'nothing-runs' });
  });

  it('of an app that has no manifest there is refused', async () => {
    await runningArtifact(a);
    const order = { from: ENV, env: 'nowhere', app: a };
    await expect(requestPromotion(apps.ports(), order, context())).rejects.toMatchObject({
      code: 'environment-not-found',
    });
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => cancelRelease(stores, id, { cancelledBy: 'jane', now: Date.now() });
  const waiting = async () => {
    const order = await stores.targets.allocateNext({ app: a, env: ENV });
    return readyRelease(stores, repo, { app: a, env: ENV, order });
  };

  it('takes a release back before the writer has it, once', async () => {
    const release = await waiting();
    expect(await cancel(release.id)).toMatchObject([
      { state: 'cancelled', outcomeReason: 'cancelled by jane' },
    ]);
    expect(await cancel(release.id)).toMatchObject([{ state: 'cancelled' }]);
    await apps.write(release.id);
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  it('takes back all of a request that can be taken back', async () => {
    const first = await apps.released(a, 1);
    await apps.released(a, 2);
    const request = await apps.rollback(first.id);
    await expect(cancel(request.id)).rejects.toMatchObject({ code: 'not-made-yet', kind: 'transient' });
    await executeRequest(stores, { requestId: request.id }, Date.now());
    expect(await cancel(request.id)).toMatchObject([{ state: 'cancelled' }]);
  });

  it('is too late once the writer had it, even when the repo refused it', async () => {
    const { id } = await apps.released(a, 1);
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

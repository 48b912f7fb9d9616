import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import { type ReleaseOrder, requestRelease } from '../../shared/release/request-release.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, markOf, type Stores } from '../support/stores.ts';

let stores: Stores;
let run: number;
let app: string;

storesForTests((given) => {
  ({ stores, run } = given);
  app = `shop-${run}`;
});

function documentOf(n: number, environments = [manifest(app, 'staging'), manifest(`${app}-db`, 'staging')]) {
  const version = { repositoryName: `acme/shop-${run}`, sha: `abc${n}`, branch: 'main', event: 'push' };
  return artifactDocument({ id: `${app}-${n}`, version, environments });
}

const request = (order: ReleaseOrder, context: { idempotencyKey?: string } = {}) =>
  requestRelease({ ...stores, newId: () => Math.random().toString(36).slice(2) }, order, {
    triggeredBy: 'jane',
    now: Date.now(),
    ...context,
  });

describe('a release that a person asks for', () => {
  it('covers every app of the environment, and is made once however often it is executed', async () => {
    const { id } = await accept(stores, documentOf(1));
    const made = await request({ artifactId: id, env: 'staging' });
    expect(made.targets.map((target) => target.app)).toEqual([app, `${app}-db`]);
    await executeRequest(stores, { requestId: made.id }, Date.now());
    const again = await executeRequest(stores, { requestId: made.id }, Date.now());
    expect(again?.state).toBe('executed');
    const release = await stores.releases.get(made.targets[0]?.releaseId ?? '');
    expect(release).toMatchObject({
      state: 'queued',
      triggeredBy: 'jane',
      automatic: false,
      reason: 'released by jane',
    });
    expect(await stores.decisions.listFor(id)).toHaveLength(2);
    expect(await markOf(stores, keys.request(made.id))).toBeUndefined();
  });

  it('covers one app when it is named', async () => {
    const { id } = await accept(stores, documentOf(1));
    expect((await request({ artifactId: id, env: 'staging', app })).targets).toHaveLength(1);
  });

  it.each<[string, Partial<ReleaseOrder>, string, string]>([
    ['artifact', { artifactId: 'typo' }, 'artifact-not-found', 'gimlet artifact list'],
    ['environment', { env: 'stagin' }, 'environment-not-found', 'staging'],
    ['app', { app: 'shopp' }, 'app-not-found', 'shop'],
  ])('is refused for an unknown %s, saying what there is', async (_what, order, code, says) => {
    const { id } = await accept(stores, documentOf(1));
    const refused = expect(request({ artifactId: id, env: 'staging', ...order })).rejects;
    await refused.toMatchObject({ code, kind: 'notFound' });
    await expect(request({ artifactId: id, env: 'staging', ...order })).rejects.toThrow(says);
  });

  it('is refused when its manifest lacks a variable', async () => {
    const { id } = await accept(
      stores,
      documentOf(1, [manifest(app, 'staging', { manifests: 'a: {{ .NOPE }}' })]),
    );
    await expect(request({ artifactId: id, env: 'staging' })).rejects.toMatchObject({
      kind: 'unprocessable',
    });
  });

  it('is refused where the environment is frozen or takes other branches only', async () => {
    const env = `frozen-${run}`;
    const { id } = await accept(stores, documentOf(1, [manifest(app, env)]));
    const now = Date.now();
    await stores.controls.setEnvironment(env, {
      restrictions: [],
      freezes: [{ from: now - 1, until: now + 60_000, reason: 'sale' }],
    });
    await expect(request({ artifactId: id, env })).rejects.toMatchObject({
      code: 'frozen',
      kind: 'conflict',
    });
    await stores.controls.setEnvironment(env, {
      restrictions: [{ branchPattern: 'release-.*' }],
      freezes: [],
    });
    await expect(request({ artifactId: id, env })).rejects.toMatchObject({ code: 'restricted' });
  });

  it('is one request for one idempotency key, and refused for another body', async () => {
    const { id } = await accept(stores, documentOf(1));
    const key = { idempotencyKey: `key-${run}` };
    const first = await request({ artifactId: id, env: 'staging' }, key);
    expect(await request({ artifactId: id, env: 'staging' }, key)).toEqual(first);
    await expect(request({ artifactId: id, env: 'staging', app }, key)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('outranks the automatic releases before it, and holds automation when it goes back', async () => {
    const older = await accept(stores, documentOf(1));
    const newer = await accept(stores, documentOf(2));
    await decideArtifact(stores, { artifactId: newer.id }, Date.now());
    const made = await request({ artifactId: older.id, env: 'staging', app });
    expect(made.targets[0]?.order).toBe(2);
    expect((await stores.targets.get({ app, env: 'staging' })).hold).toMatchObject({ owner: 'jane' });
    const newest = await accept(stores, documentOf(3));
    const decisions = await decideArtifact(stores, { artifactId: newest.id }, Date.now());
    expect(decisions?.map(({ outcome }) => outcome)).toEqual(['held', 'released']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import {
  problemAnswer,
  type RequestAnswer,
  requestAnswer,
  statusAnswer,
} from '../../shared/contract/answers.ts';
import { trackAnswer } from '../../shared/contract/tracking.ts';
import { type CallOptions, call, listReleases, numbered, push } from '../support/api.ts';
import { git } from '../support/native-git.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';

let system: LocalSystem;
beforeAll(async () => {
  system = await startTestSystem({ warm: true });
});
afterAll(() => system.close());

const WAIT = { timeout: 40_000, interval: 100 };
const POST = { method: 'POST' } as const;

async function refusal(path: string, options: CallOptions = POST) {
  const { status, body } = await call(system, path, options);
  const { code, detail, errors = [] } = problemAnswer.parse(body);
  return { status, code, detail, paths: errors.map((error) => error.path) };
}

async function asked(path: string, options: CallOptions = POST): Promise<RequestAnswer> {
  const { status, body } = await call(system, path, options);
  expect({ status, body }).toMatchObject({ status: 201, body: { id: expect.any(String) } });
  return requestAnswer.parse(body);
}

async function ended({ id }: RequestAnswer): Promise<RequestAnswer> {
  const show = async () => requestAnswer.parse((await call(system, `/api/releases/${id}`)).body);
  await expect.poll(async () => (await show()).state, WAIT).not.toBe('processing');
  return show();
}

async function track(path: string) {
  const { status, body } = await call(system, path);
  expect({ path, status, body }).toMatchObject({ status: 200 });
  return trackAnswer.parse(body);
}

/** Pushes what a policy releases to staging; answers the commit when it is written. */
async function released(app: string, n: number): Promise<string> {
  const { id } = await push(system, numbered(app, n));
  const commit = async () =>
    (await listReleases(system, `env=staging&app=${app}`)).find(({ artifactId }) => artifactId === id)
      ?.gitopsRef;
  await expect.poll(commit, WAIT).toBeTruthy();
  return (await commit()) ?? '';
}

const fileOf = (app: string, commit = 'HEAD') =>
  git(system.gitopsRepoPath, ['show', `${commit}:staging/${app}/manifest.yaml`]);
const treeOf = (app: string, commit = 'HEAD') =>
  git(system.gitopsRepoPath, ['rev-parse', `${commit}:staging/${app}`]);

/** The commits of an app's releases that rollbacks have undone. */
const undoneOf = async (app: string) =>
  (await listReleases(system, `env=staging&app=${app}&limit=-1`))
    .filter(({ rolledBack }) => rolledBack)
    .map(({ gitopsRef }) => gitopsRef);

describe('a rollback', () => {
  it('is asked for in the query alone, held, written as one commit, and tracked', async () => {
    const first = await released('back', 1);
    const second = await released('back', 2);
    const made = await asked(`/api/rollback?env=staging&app=back&sha=${first}`);
    expect(made).toMatchObject({ kind: 'rollback', artifactId: 'back-1', env: 'staging' });
    expect(await ended(made)).toMatchObject({ state: 'succeeded' });
    expect(treeOf('back')).toBe(treeOf('back', first));
    expect(await undoneOf('back')).toEqual([second]);
    expect((await call(system, '/api/holds/staging/back')).body).toMatchObject({ owner: 'admin' });
    const answer = await track(`/api/event?id=${made.id}`);
    expect(answer).toMatchObject({
      type: 'rollback',
      status: 'processed',
      results: [{ app: 'back', env: 'staging', status: 'success' }],
    });
    const forth = await asked('/api/rollback', { body: { env: 'staging', app: 'back', to: second } });
    await ended(forth);
    expect(treeOf('back')).toBe(treeOf('back', second));
    expect(await undoneOf('back')).not.toContain(second);
    const byArtifact = await asked('/api/rollback', { body: { env: 'staging', app: 'back', to: 'back-1' } });
    expect(byArtifact.artifactId).toBe('back-1');
    await ended(byArtifact);
    expect(treeOf('back')).toBe(treeOf('back', first));
  });

  it('to what nobody knows is a 404, without a field a 400, and without a token a 401', async () => {
    const path = '/api/rollback?env=staging&app=nothing';
    expect(await refusal(`${path}&sha=${'0'.repeat(40)}`)).toMatchObject({
      status: 404,
      code: 'rollback-target-not-found',
    });
    expect(await refusal(path)).toMatchObject({ status: 400, paths: ['to'] });
    const headers = { authorization: 'Bearer gmt_wrong' };
    expect(await refusal(path, { ...POST, headers })).toMatchObject({ status: 401 });
  });
});

describe('whatever is asked for with an Idempotency-Key', () => {
  it('is asked for once, and nothing else can be asked with it', async () => {
    const commit = await released('keyed', 1);
    await push(
      system,
      artifactDocument({
        id: 'keyed-2',
        environments: ['production', 'staging'].map((env) => manifest('keyed', env, { deploy: undefined })),
      }),
    );
    const bodies = {
      '/api/releases': { env: 'production', artifactId: 'keyed-2' },
      '/api/rollback': { env: 'staging', app: 'keyed', to: commit },
      '/api/promote': { from: 'production', to: 'staging', app: 'keyed' },
      '/api/delete': { env: 'staging', app: 'keyed' },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const options = { body, headers: { 'idempotency-key': `once ${path}` } };
      const first = await asked(path, options);
      await ended(first);
      // Later, too, when what it did would make it something else, or impossible.
      expect((await asked(path, options)).id).toBe(first.id);
      const other = { ...options, body: { ...body, overrideFreeze: 'urgent' } };
      expect(await refusal(path, other)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
      for (const key of ['', 'k'.repeat(256)]) {
        const bad = { body, headers: { 'idempotency-key': key } };
        expect(await refusal(path, bad)).toMatchObject({ status: 400, paths: ['Idempotency-Key'] });
      }
    }
  });
});

describe('a delete', () => {
  it('takes the app away; then nothing runs, and there is nothing to delete', async () => {
    await released('gone', 1);
    const made = await asked('/api/delete?env=staging&app=gone');
    expect(await ended(made)).toMatchObject({ kind: 'delete', state: 'succeeded' });
    expect(() => fileOf('gone')).toThrow();
    expect(statusAnswer.parse((await call(system, '/api/status?env=staging&app=gone')).body)).toEqual({
      gone: null,
    });
    expect(await track(`/api/eventReleaseTrack?id=${made.id}`)).toMatchObject({
      type: 'delete',
      status: 'processed',
    });
    expect(await refusal('/api/delete?env=staging&app=gone')).toMatchObject({
      status: 404,
      code: 'nothing-runs',
    });
  });
});

describe('a promotion', () => {
  it('releases what runs in one environment to another', async () => {
    const environments = [manifest('up', 'staging'), manifest('up', 'production', { deploy: undefined })];
    await push(system, artifactDocument({ id: 'up-1', environments }));
    await expect
      .poll(async () => (await listReleases(system, 'env=staging&app=up'))[0]?.state, WAIT)
      .toBe('released');
    const made = await asked('/api/promote', { body: { from: 'staging', to: 'production', app: 'up' } });
    expect(await ended(made)).toMatchObject({ kind: 'promote', env: 'production', state: 'succeeded' });
    expect((await call(system, '/api/status?env=production&app=up')).body).toMatchObject({
      up: { artifactId: 'up-1', reason: 'promoted by admin' },
    });
    const nothing = { body: { from: 'production', to: 'staging', app: 'typo' } };
    const nowhere = { body: { from: 'staging', to: 'staging', app: 'up' } };
    expect(await refusal('/api/promote', nowhere)).toMatchObject({ status: 400, paths: ['to'] });
    expect(await refusal('/api/promote', nothing)).toMatchObject({
      status: 404,
      code: 'nothing-runs',
      detail: expect.stringContaining('up'),
    });
  });
});

describe('cancelling', () => {
  it('is too late for what is written, and nothing for what is not there', async () => {
    await released('late', 1);
    const [release] = await listReleases(system, 'env=staging&app=late');
    expect(await refusal(`/api/releases/${release?.id}/cancel`)).toMatchObject({
      status: 409,
      code: 'too-late',
    });
    expect(await refusal('/api/releases/rel-none/cancel')).toMatchObject({
      status: 404,
      code: 'release-not-found',
    });
  });
});

describe('tracking', () => {
  it('of an artifact that is released ends in its commit', async () => {
    const commit = await released('tracked', 1);
    const wanted = {
      type: 'artifact',
      status: 'processed',
      gitopsHashes: [{ hash: commit, status: 'ReconciliationSucceeded' }],
      results: [{ app: 'tracked', env: 'staging', hash: commit, status: 'success' }],
    };
    expect(await track('/api/eventArtifactTrack?artifactId=tracked-1')).toMatchObject(wanted);
    expect(await track('/api/event?id=tracked-1')).toMatchObject(wanted);
    const [release] = await listReleases(system, 'env=staging&app=tracked');
    expect(await track(`/api/eventReleaseTrack?id=${release?.id}`)).toMatchObject({
      type: 'release',
      results: wanted.results,
    });
  });

  it('of an artifact that no policy releases is an error that says why, and has no results', async () => {
    const environments = [manifest('idle', 'staging', { deploy: undefined })];
    await push(system, artifactDocument({ id: 'idle-1', environments }));
    const path = '/api/eventArtifactTrack?artifactId=idle-1';
    await expect.poll(async () => (await track(path)).status, WAIT).toBe('error');
    const answer = await track(path);
    expect(answer.statusDesc).toContain('staging/idle');
    expect(answer).not.toHaveProperty('results');
  });

  it('of an artifact that is held is an error with who holds it', async () => {
    await released('kept', 1);
    await call(system, '/api/holds/staging/kept', { method: 'PUT', body: { reason: 'looking' } });
    await push(system, numbered('kept', 2));
    const path = '/api/eventArtifactTrack?artifactId=kept-2';
    await expect.poll(async () => (await track(path)).status, WAIT).toBe('error');
    expect((await track(path)).results).toMatchObject([
      { app: 'kept', status: 'failure', gitopsCommitStatus: 'ReconciliationFailed' },
    ]);
    await call(system, '/api/holds/staging/kept', { method: 'DELETE' });
    await expect.poll(async () => (await track(path)).results?.[0]?.status, WAIT).toBe('success');
  });

  it('of what nobody knows is a 404', async () => {
    expect(await refusal('/api/event?id=none', {})).toMatchObject({ status: 404, code: 'event-not-found' });
    expect(await refusal('/api/eventArtifactTrack?artifactId=none', {})).toMatchObject({
      status: 404,
      code: 'artifact-not-found',
    });
    expect(await refusal('/api/event', {})).toMatchObject({ status: 400, paths: ['id'] });
  });
});

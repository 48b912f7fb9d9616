import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { selectBatch } from '../../shared/gitops/select-batch.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import { deletePolicy, putPolicy } from '../../shared/release/change-policy.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { resumeTarget, showHold } from '../../shared/release/hold-target.ts';
import { lookAfterTarget } from '../../shared/release/look-after-target.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { Embedded } from '../support/embedded.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import {
  accept,
  artifactDocument,
  holdBy,
  manifest,
  markOf,
  receive,
  type Stores,
} from '../support/stores.ts';
import { makeWriterPorts } from '../support/writer.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-20T12:00:00Z');

let embedded: Embedded;
let stores: Stores;
let run: number;
let target: { readonly app: string; readonly env: string };

storesForTests((given) => {
  ({ embedded, stores, run } = given);
  target = { app: `shop-${run}`, env: `env-${run}` };
});

/** Artifact number `n`, decided as it arrives. */
async function arrive(n: number, now = NOW): Promise<Decision> {
  const { app, env } = target;
  const version = { repositoryName: `acme/${app}`, sha: `abc${n}`, branch: 'main', event: 'push' };
  const environments = [manifest(app, env)];
  const { id } = await accept(stores, artifactDocument({ id: `${app}-${n}`, version, environments }));
  const [decision] = (await decideArtifact(stores, { artifactId: id }, now)) ?? [];
  if (!decision) throw new Error('nothing was decided');
  return decision;
}

const lookAfter = (now: number) => lookAfterTarget(stores, target, now);
/** All messages that wait. */
async function events(): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    const some = await receive(embedded, 'events');
    if (some.length === 0) return all;
    all.push(...some);
  }
}
const decisionsOf = async (n: number) =>
  (await stores.decisions.listFor(`${target.app}-${n}`)).map(({ cause, outcome }) => `${cause} ${outcome}`);

describe('what waits for the end of a hold', () => {
  it('is released when it is resumed: the newest, and once', async () => {
    const hold = holdBy('jane', 'looking');
    await stores.targets.hold(target, hold);
    expect(await arrive(1)).toMatchObject({ outcome: 'held', waitsFor: { id: hold.id } });
    await arrive(2);
    expect(await lookAfter(NOW + 5)).toEqual({ decided: [] });

    await resumeTarget(stores, target, { release: true, by: 'jane', now: NOW + 10 });
    expect(await events()).toContainEqual({ type: 'target', ...target });
    expect((await lookAfter(NOW + 20)).decided).toEqual([`${target.env}/${target.app} released`]);
    expect(await lookAfter(NOW + 30)).toEqual({ decided: [] });
    expect(await decisionsOf(1)).toEqual(['arrival held', `resume:${hold.id} superseded`]);
    expect(await decisionsOf(2)).toEqual(['arrival held', `resume:${hold.id} released`]);
    expect(await markOf(stores, keys.target(target))).toBeUndefined();
  });

  it('is said before it happens, and is forgotten when only the hold is to end', async () => {
    await stores.targets.hold(target, holdBy('jane', 'looking'));
    await arrive(1);
    const { waiting } = await showHold(stores, target, NOW);
    expect(waiting).toMatchObject([{ artifactId: `${target.app}-1`, evaluation: { outcome: 'released' } }]);
    await resumeTarget(stores, target, { release: false, by: 'jane', now: NOW });
    expect(await lookAfter(NOW + 10)).toEqual({ decided: [] });
    expect(await decisionsOf(1)).toEqual(['arrival held']);
  });

  it('stays forgotten when the message of its arrival comes once more', async () => {
    await stores.targets.hold(target, holdBy('jane', 'looking'));
    const { artifactId } = await arrive(1);
    await resumeTarget(stores, target, { release: false, by: 'jane', now: NOW });
    await decideArtifact(stores, { artifactId }, NOW + 10);
    expect((await stores.targets.get(target)).waiting).toEqual({});
    expect(await lookAfter(NOW + 20)).toEqual({ decided: [] });
    expect(await decisionsOf(1)).toEqual(['arrival held']);
  });

  it('goes on by itself when the hold has an end, under the policies of that day', async () => {
    await arrive(0);
    const until = NOW + 60 * MINUTE;
    await stores.targets.hold(target, holdBy('jane', 'load test', until));
    await arrive(1);
    expect(await lookAfter(NOW + MINUTE)).toEqual({ decided: [], next: until });
    expect(await markOf(stores, keys.target(target))).toMatchObject({ queue: 'events', dueAt: until });
    await stores.controls.setEnvironment(target.env, {
      restrictions: [{ branchPattern: 'release/.*' }],
      freezes: [],
    });
    expect((await lookAfter(until)).decided).toEqual([`${target.env}/${target.app} restricted`]);
    expect((await stores.targets.get(target)).hold).toBeUndefined();
    expect((await arrive(2, until)).outcome).toBe('restricted');
  });

  it('is the newest also when it is decided before an older one', async () => {
    const hold = holdBy('jane', 'looking');
    await stores.targets.hold(target, hold);
    const { app, env } = target;
    const version = { repositoryName: `acme/${app}`, sha: 'abc', branch: 'main', event: 'push' };
    const older = await accept(
      stores,
      artifactDocument({ id: `${app}-1`, version, environments: [manifest(app, env)] }),
    );
    await arrive(2);
    await decideArtifact(stores, { artifactId: older.id }, NOW);
    expect(await decisionsOf(1)).toEqual(['arrival held', `resume:${hold.id} superseded`]);
  });

  it('is found although the hold ended in the very moment it was decided', async () => {
    const hold = holdBy('jane', 'looking');
    await stores.targets.hold(target, hold);
    const decided = await arrive(1);
    await stores.targets.liftHold(target, hold.id);
    expect(decided.outcome).toBe('held');
    // Nobody told of it: the mark that the waiting itself had set does.
    expect(await markOf(stores, keys.target(target))).toMatchObject({ queue: 'events' });
    expect((await lookAfter(NOW + MINUTE)).decided).toEqual([`${target.env}/${target.app} released`]);
  });
});

describe('a release that a hold stops a moment before its commit', () => {
  it('goes on after the hold, with a new place among the releases of its target', async () => {
    const { release } = await arrive(1);
    const queued = await stores.releases.get(release?.id ?? '');
    const rendering = queued && (await stores.releases.move(queued, { state: 'rendering' }));
    const ready = rendering && (await stores.releases.move(rendering, { state: 'ready' }));
    if (!ready) throw new Error('there is no release');
    const hold = holdBy('jane', 'looking');
    await stores.targets.hold(target, hold);
    expect(await selectBatch(makeWriterPorts(stores), [ready])).toEqual({ batch: [] });
    expect(await stores.releases.get(ready.id)).toMatchObject({ state: 'held' });

    await resumeTarget(stores, target, { release: true, by: 'jane', now: NOW });
    expect((await lookAfter(NOW + 10)).decided).toEqual([`${target.env}/${target.app} released`]);
    const again = (await stores.decisions.listFor(ready.artifactId)).find(({ cause }) => cause !== 'arrival');
    expect(again).toMatchObject({ cause: `resume:${hold.id}`, release: { order: ready.order + 1 } });
  });
});

describe('a hold of a request', () => {
  const request = (artifactId: string, requests: Partial<Stores['requests']> = {}) =>
    requestRelease(
      {
        ...stores,
        requests: Object.assign(Object.create(stores.requests), requests),
        newId: () => `r${run}`,
      },
      { artifactId, ...target },
      { triggeredBy: 'jane', now: NOW },
    );

  it('is lifted when the request is refused, and what was there before is there again', async () => {
    await arrive(1);
    await arrive(2);
    const before = holdBy('joe', 'until tonight', NOW + MINUTE);
    await stores.targets.hold(target, before);
    const refuse = async () => ({ digest: 'another' }) as never;
    await expect(request(`${target.app}-1`, { putOnce: refuse })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    expect((await stores.targets.get(target)).hold).toEqual(before);
  });

  it('is there before the request, so that an artifact that comes in between does not undo it', async () => {
    await arrive(1);
    await arrive(2);
    let between: Decision | undefined;
    const putOnce: Stores['requests']['putOnce'] = async (made, mark) => {
      between = await arrive(3);
      return stores.requests.putOnce(made, mark);
    };
    await request(`${target.app}-1`, { putOnce });
    expect(between?.outcome).toBe('held');
  });

  it('leaves one that a person put without an end as it is', async () => {
    await arrive(1);
    await arrive(2);
    const theirs = holdBy('joe', 'do not touch');
    await stores.targets.hold(target, theirs);
    await request(`${target.app}-1`);
    expect((await stores.targets.get(target)).hold).toEqual(theirs);
  });
});

describe('what waits for something else', () => {
  it('is released when the freeze ends', async () => {
    const until = NOW + 30 * MINUTE;
    await stores.controls.setEnvironment(target.env, {
      restrictions: [],
      freezes: [{ from: NOW - 1, until, reason: 'sale' }],
    });
    expect(await arrive(1)).toMatchObject({ outcome: 'frozen', waitsFor: { until } });
    expect(await lookAfter(NOW + MINUTE)).toEqual({ decided: [], next: until });
    expect((await lookAfter(until)).decided).toEqual([`${target.env}/${target.app} released`]);
  });

  it('is looked after at once when the line runs again, and waits on if it is held then', async () => {
    const context = { changedBy: 'jane', now: NOW };
    const ports = { ...stores, held: stores.targets };
    await putPolicy(ports, { kind: 'stop-the-line', reason: 'incident' }, context);
    expect((await arrive(1)).outcome).toBe('stopped');
    await stores.targets.hold(target, holdBy('jane', 'looking'));
    await events();
    await deletePolicy(ports, 'stop-the-line', { ...context, now: NOW + 5 });
    expect(await events()).toContainEqual({ type: 'target', ...target });
    expect((await lookAfter(NOW + 10)).decided).toEqual([`${target.env}/${target.app} held`]);
    await resumeTarget(stores, target, { release: true, by: 'jane', now: NOW + 20 });
    expect((await lookAfter(NOW + 30)).decided).toEqual([`${target.env}/${target.app} released`]);
  });
});

describe('where automation may release only so often', () => {
  beforeEach(() => {
    const { environments } = parseSettings(
      JSON.stringify({
        gitops: { repo: 'https://git.example.com/gitops.git' },
        environments: { [target.env]: { automaticReleasesPerHour: 4 } },
      }),
    );
    stores = { ...stores, settings: { ...stores.settings, environments } };
  });
  const QUARTER = 15 * MINUTE;

  it('a pipeline that its own releases start again and again stops: the newest waits, and is released in its time', async () => {
    const outcomes: string[] = [];
    for (let n = 1; n <= 20; n += 1) outcomes.push((await arrive(n, NOW + n * 1_000)).outcome);
    expect(outcomes).toEqual([...Array(4).fill('released'), ...Array(16).fill('rateLimited')]);
    const { lastOrder } = await stores.targets.get(target);
    expect(lastOrder).toBe(4);

    const until = NOW + 1_000 + QUARTER;
    expect(await lookAfter(NOW + MINUTE)).toEqual({ decided: [], next: until });
    expect((await lookAfter(until)).decided).toEqual([`${target.env}/${target.app} released`]);
    expect(await decisionsOf(20)).toEqual(['arrival rateLimited', `resume:rate-${until} released`]);
    expect(await decisionsOf(19)).toEqual(['arrival rateLimited', `resume:rate-${until} superseded`]);
    expect((await arrive(21, until + 1_000)).waitsFor?.until).toBe(until + QUARTER);
  });

  it('those that are decided in the same moment are counted, too', async () => {
    const { app, env } = target;
    const ids = [1, 2, 3, 4, 5, 6].map((n) => `${app}-${n}`);
    for (const id of ids) {
      const version = { repositoryName: `acme/${id}`, sha: 'abc', branch: 'main', event: 'push' };
      await accept(stores, artifactDocument({ id, version, environments: [manifest(app, env)] }));
    }
    const decided = await Promise.all(ids.map((artifactId) => decideArtifact(stores, { artifactId }, NOW)));
    const outcomes = decided.flatMap((decisions) => decisions?.map(({ outcome }) => outcome) ?? []);
    expect(outcomes.sort()).toEqual([...Array(2).fill('rateLimited'), ...Array(4).fill('released')]);
    expect((await stores.targets.get(target)).automationTakenUntil).toBe(NOW + 60 * MINUTE);
  });

  it('what came before is free again after an hour, and people are not bound', async () => {
    for (let n = 1; n <= 4; n += 1) expect((await arrive(n)).outcome).toBe('released');
    expect((await arrive(5)).outcome).toBe('rateLimited');
    const order = { artifactId: `${target.app}-5`, ...target };
    const ports = { ...stores, newId: () => `by-hand-${run}` };
    const request = await requestRelease(ports, order, { triggeredBy: 'jane', now: NOW });
    expect(request.targets).toMatchObject([{ order: 5 }]);
    for (let n = 6; n <= 9; n += 1) {
      expect((await arrive(n, NOW + 60 * MINUTE)).outcome).toBe('released');
    }
    expect((await arrive(10, NOW + 60 * MINUTE)).outcome).toBe('rateLimited');
  });
});

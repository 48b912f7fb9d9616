import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { putPolicy } from '../../shared/release/change-policy.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { resumeTarget } from '../../shared/release/hold-target.ts';
import { lookAfterTarget } from '../../shared/release/look-after-target.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, holdBy, manifest, markOf, type Stores } from '../support/stores.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-20T12:00:00Z');

let stores: Stores;
let run: number;
let app: string;
let staging: { readonly app: string; readonly env: string };

storesForTests(async (given) => {
  ({ stores, run } = given);
  app = `shop-${run}`;
  staging = { app, env: 'staging' };
  const policy = { kind: 'auto-promote', app, env: 'staging', to: 'production', afterSeconds: 1800 } as const;
  await putPolicy({ ...stores, held: stores.targets }, policy, { changedBy: 'jane', now: NOW });
});

/** Artifact number `n`, released to staging by its policy and written there at a time. */
async function runInStaging(n: number, writtenAt: number): Promise<string> {
  const version = { repositoryName: `acme/${app}`, sha: `abc${n}`, branch: 'main', event: 'push' };
  const environments = [manifest(app, 'staging'), manifest(app, 'production', { deploy: { event: 'tag' } })];
  const { id } = await accept(stores, artifactDocument({ id: `${app}-${n}`, version, environments }));
  const [decision] = (await decideArtifact(stores, { artifactId: id }, writtenAt)) ?? [];
  const release = decision?.release;
  if (!release) throw new Error('it was not released to staging');
  await stores.targets.recordWritten(staging, {
    releaseId: release.id,
    artifactId: id,
    order: release.order,
    writtenAt,
  });
  return release.id;
}

const lookAfter = (now: number) => lookAfterTarget(stores, staging, now);

describe('promotion by a policy', () => {
  it('releases what has run for so long, once, and says why', async () => {
    const releaseId = await runInStaging(1, NOW);
    expect(await markOf(stores, keys.target(staging))).toMatchObject({ queue: 'events', dueAt: NOW });
    expect(await lookAfter(NOW + MINUTE)).toEqual({ decided: [], next: NOW + 30 * MINUTE });
    expect((await lookAfter(NOW + 30 * MINUTE)).decided).toEqual([`production/${app} released`]);
    await lookAfter(NOW + 31 * MINUTE);
    const decisions = await stores.decisions.listFor(`${app}-1`);
    expect(decisions.find(({ cause }) => cause === `promotion:${releaseId}`)).toMatchObject({
      outcome: 'released',
      policy: `auto-promote/staging/${app}/production`,
      sentence: `released: promotion 30 min in staging matches 30 min in staging (auto-promote/staging/${app}/production)`,
    });
    expect((await stores.targets.get({ app, env: 'production' })).lastOrder).toBe(1);
  });

  it('that had to wait, and was forgotten there, is not asked for again by what still runs here', async () => {
    const production = { app, env: 'production' };
    await runInStaging(1, NOW);
    await stores.targets.hold(production, holdBy('jane', 'looking'));
    expect((await lookAfter(NOW + 30 * MINUTE)).decided).toEqual([`production/${app} held`]);
    await resumeTarget(stores, production, { release: false, by: 'jane', now: NOW + 31 * MINUTE });
    await lookAfter(NOW + 32 * MINUTE);
    expect((await lookAfterTarget(stores, production, NOW + 33 * MINUTE)).decided).toEqual([]);
    expect((await stores.targets.get(production)).lastOrder).toBe(0);
  });

  it('begins anew with a newer release', async () => {
    await runInStaging(1, NOW);
    await runInStaging(2, NOW + 20 * MINUTE);
    expect(await lookAfter(NOW + 30 * MINUTE)).toEqual({ decided: [], next: NOW + 50 * MINUTE });
    expect((await lookAfter(NOW + 50 * MINUTE)).decided).toEqual([`production/${app} released`]);
    expect((await stores.decisions.listFor(`${app}-1`)).map(({ cause }) => cause)).toEqual([
      'arrival',
      'arrival',
    ]);
  });

  it('spreads nothing while a hold, as of a rollback, says that something is wrong there', async () => {
    await runInStaging(1, NOW);
    await stores.targets.hold(staging, holdBy('jane', 'rolled back'));
    expect(await lookAfter(NOW + 30 * MINUTE)).toEqual({ decided: [] });
  });

  it('waits for the end of a freeze where it goes, and then goes on', async () => {
    await runInStaging(1, NOW);
    const until = NOW + 60 * MINUTE;
    const freezes = [{ from: NOW, until, reason: 'sale' }];
    await stores.controls.setEnvironment('production', { restrictions: [], freezes });
    expect((await lookAfter(NOW + 30 * MINUTE)).decided).toEqual([`production/${app} frozen`]);
    const production = { app, env: 'production' };
    expect((await lookAfterTarget(stores, production, until)).decided).toEqual([
      `production/${app} released`,
    ]);
    await stores.controls.setEnvironment('production', { restrictions: [], freezes: [] });
  });

  it('is looked at soon when the policy comes after the release', async () => {
    const other = { app: `late-${run}`, env: 'staging' };
    const policy = { kind: 'auto-promote', ...other, to: 'production', afterSeconds: 60 } as const;
    await putPolicy({ ...stores, held: stores.targets }, policy, { changedBy: 'jane', now: NOW });
    expect(await markOf(stores, keys.target(other))).toMatchObject({ message: { type: 'target', ...other } });
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createToken, revokeToken } from '../../shared/access/manage-tokens.ts';
import { roleGrants } from '../../shared/access/role-grants.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { Mark } from '../../shared/messages/mark.ts';
import { eventMessage } from '../../shared/messages/message.ts';
import type { Outbox } from '../../shared/messages/outbox.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import type { Person } from '../../shared/release/approval.ts';
import { approveRelease, rejectRelease } from '../../shared/release/approve-release.ts';
import { cancelRelease } from '../../shared/release/cancel-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { executeRequest } from '../../shared/release/execute-request.ts';
import { lookAfterApproval } from '../../shared/release/look-after-approval.ts';
import type { Release } from '../../shared/release/release.ts';
import { renderRelease } from '../../shared/release/render-release.ts';
import { replayArtifact } from '../../shared/release/replay-artifact.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { requestRollback } from '../../shared/release/request-rollback.ts';
import { parseSettings, type Settings } from '../../shared/release/settings.ts';
import type { Embedded } from '../support/embedded.ts';
import type { TestRepo } from '../support/git-server.ts';
import { tipOf } from '../support/native-git.ts';
import { NO_PROGRAMS } from '../support/rendering.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, markOf, receive, type Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-30T12:00:00Z');
const env = 'production';
const ANN: Person = { id: 'token-ann', name: 'Ann' };
const BOB: Person = { id: 'token-bob', name: 'Bob' };
const CI: Person = { id: 'token-ci', name: 'shop-ci' };
const RULE = { required: 2, withinHours: 24 };
const CHANNELS = [{ type: 'log', name: 'all' }];

let embedded: Embedded;
let repo: TestRepo;
let stores: Stores;
let app: string;
gitOpsForTests((given) => {
  ({ embedded, repo } = given);
  stores = { ...given.stores, settings: settingsWith({ approvals: RULE }) };
  app = `shop-${given.run}`;
});

function settingsWith(environment: Readonly<Record<string, unknown>>): Settings {
  const gitops = { repo: repo.url, branch: repo.branch };
  const environments = { [env]: environment };
  return parseSettings(JSON.stringify({ gitops, environments, notifications: CHANNELS }));
}

/** Version `n` of the app, as CI pushes it. */
async function pushed(n: number, deploy: unknown = { event: 'push', branch: 'main' }): Promise<string> {
  const author = { authorName: 'Jane Doe', authorEmail: 'jane@acme.com' };
  const version = { repositoryName: `acme/${app}`, sha: `sha${n}`, branch: 'main', event: 'push', ...author };
  const environments = [manifest(app, env, { deploy })];
  const document = artifactDocument({ id: `${app}-${n}`, version, environments, context: { SHA: `${n}` } });
  const grants = roleGrants({ role: 'ci', apps: ['*'], repositories: ['*'], environments: [env] });
  return (await accept(stores, document, NOW, { ...CI, grants })).id;
}

/** What a policy releases of version `n`. */
async function automatic(n = 1, now = NOW): Promise<Release> {
  const decisions = await decideArtifact(stores, { artifactId: await pushed(n) }, now);
  const { outcome, release, conditions } = decisions?.[0] ?? {};
  expect(outcome).toBe('awaitingApproval');
  expect(conditions).toContainEqual({
    name: 'approval',
    holds: false,
    wanted: '2 approvals',
    saw: 'none so far',
  });
  return get(release?.id ?? 'none');
}

const newId = () => randomBytes(8).toString('hex');
const byJoe = { triggeredBy: 'Joe', callerId: 'token-joe', now: NOW };

async function made(request: { readonly id: string }, now = NOW): Promise<Release> {
  const { targets } = (await executeRequest(stores, { requestId: request.id }, now)) ?? { targets: [] };
  return get(targets[0]?.releaseId ?? 'none');
}

const get = async (id: string): Promise<Release> => {
  const release = await stores.releases.get(id);
  if (!release) throw new Error(`there is no release ${id}`);
  return release;
};
const approve = (id: string, by: Person, now = NOW, ports: Stores = stores) =>
  approveRelease(ports, id, { by, now });
const reject = (id: string, by: Person, reason: string) =>
  rejectRelease(stores, id, { by, reason, now: NOW });
const lookAfter = (releaseId: string, now = NOW) => lookAfterApproval(stores, { releaseId }, now);
const render = (releaseId: string) =>
  renderRelease({ ...stores, ...NO_PROGRAMS, clock: Date.now }, { releaseId });
const write = (...ids: string[]) => writeReleases(makeWriterPorts(stores), ids, Date.now() + 55_000);
const marked = async ({ id }: Release) => markOf(stores, keys.release(id));
const waitingIds = async () =>
  (await stores.releases.browseWaiting({ app, visible: () => true }, { limit: 100, offset: 0 })).items.map(
    ({ id }) => id,
  );

/** Version `n`, approved by both and written. */
async function written(n: number): Promise<Release> {
  const { id } = await automatic(n);
  await approve(id, ANN);
  await approve(id, BOB);
  await render(id);
  await write(id);
  const release = await get(id);
  expect(release.state).toBe('released');
  return release;
}

describe('a release that needs approvals', () => {
  it('waits for each of them, is listed, and begins with the last', async () => {
    const { id } = await automatic();
    expect(await get(id)).toMatchObject({
      state: 'waiting',
      times: { waiting: NOW },
      askedBy: [CI],
      approval: { required: 2, expiresAt: NOW + 24 * HOUR, given: [] },
    });
    expect(await waitingIds()).toEqual([id]);
    expect(await render(id)).toBeUndefined();
    await write(id);
    expect(tipOf(repo.path, repo.branch)).toBeNull();

    const [once] = await approveRelease(stores, id, { by: ANN, reason: 'tested', now: NOW + 1 });
    expect(once).toMatchObject({
      state: 'waiting',
      approval: { given: [{ ...ANN, at: NOW + 1, reason: 'tested' }] },
    });
    expect(await marked(await get(id))).toMatchObject({ queue: 'events', sends: 0 });

    const [begun] = await approve(id, BOB, NOW + 2);
    expect(begun).toMatchObject({ state: 'queued', times: { waiting: NOW, queued: NOW + 2 } });
    expect(await waitingIds()).toEqual([]);
    expect(await receive(embedded, 'render-requests')).toContainEqual({ type: 'render', releaseId: id });
    await render(id);
    await write(id);
    expect((await get(id)).state).toBe('released');
    expect(tipOf(repo.path, repo.branch)).not.toBeNull();
  });

  it('counts nobody twice, and neither the asker nor the author', async () => {
    const { id } = await automatic();
    await approve(id, ANN);
    const [again] = await approve(id, { id: 'another-token', name: 'ann' });
    expect(again).toMatchObject({ state: 'waiting', approval: { given: [ANN] } });
    for (const by of [CI, { id: 'x', name: 'jane@acme.com' }, { id: 'y', name: 'Jane Doe' }]) {
      await expect(approve(id, by)).rejects.toMatchObject({ code: 'own-release', kind: 'forbidden' });
    }
    expect((await get(id)).approval?.given).toHaveLength(1);
    await approve(id, BOB);
    expect((await approve(id, BOB)).map(({ state }) => state)).toEqual(['queued']);
  });

  it('keeps every approval of people who agree at once', async () => {
    stores = { ...stores, settings: settingsWith({ approvals: { ...RULE, required: 4 } }) };
    const { releaseId = '' } = { releaseId: await madeByJoe() };
    const people = [1, 2, 3, 4].map((n) => ({ id: `token-${n}`, name: `Person ${n}` }));
    await Promise.all([...people, ...people].map((by) => approve(releaseId, by)));
    const { state, approval } = await get(releaseId);
    expect(state).toBe('queued');
    expect(approval?.given.map(({ name }) => name).sort()).toEqual(people.map(({ name }) => name));
  });

  it('is told once, however often it is looked after', async () => {
    const { id } = await automatic();
    const seen = await receive(embedded, 'notifications');
    await lookAfter(id);
    expect(await marked(await get(id))).toMatchObject({ queue: 'events', sends: 0, dueAt: NOW + HOUR / 6 });
    await lookAfter(id, NOW + 24 * HOUR - 1);
    expect((await marked(await get(id)))?.dueAt).toBe(NOW + 24 * HOUR);
    const told = [...seen, ...(await receive(embedded, 'notifications'))];
    expect(new Set(told.map(({ noticeId }) => noticeId)).size).toBe(1);
    const notice = await stores.notices.get(String(told[0]?.['noticeId']));
    expect(notice).toMatchObject({
      type: 'release.waiting',
      text: `${env}/${app}: the release of sha1, asked for automatically, waits for 2 approvals until 2026-12-01T12:00:00.000Z`,
    });
  });

  it('may be taken back by whoever may cancel', async () => {
    const { id } = await automatic();
    expect(await cancelRelease(stores, id, { cancelledBy: 'Joe', now: NOW })).toMatchObject([
      { state: 'cancelled' },
    ]);
    await expect(approve(id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect(await waitingIds()).toEqual([]);
  });
});

async function madeByJoe(): Promise<string> {
  const artifactId = await pushed(1, null);
  return (await made(await requestRelease({ ...stores, newId }, { artifactId, env }, byJoe))).id;
}

describe('what people ask for', () => {
  it('waits as well, and can’t be approved by whoever asked', async () => {
    const artifactId = await pushed(1, null);
    const request = await requestRelease({ ...stores, newId }, { artifactId, env }, byJoe);
    await expect(approve(request.id, ANN)).rejects.toMatchObject({ code: 'not-made-yet' });
    const release = await made(request);
    expect(release).toMatchObject({ state: 'waiting', reason: 'released by Joe after 2 approvals' });
    const [decision] = await stores.decisions.listFor(artifactId);
    expect(decision).toMatchObject({ outcome: 'awaitingApproval', release: { id: release.id } });
    await expect(approve(request.id, { id: 'token-joe', name: 'renamed' })).rejects.toMatchObject({
      code: 'own-release',
    });
    await approve(request.id, ANN);
    expect(await approve(request.id, BOB)).toMatchObject([{ id: release.id, state: 'queued' }]);
  });

  it.each(['rollback', 'delete'] as const)(
    'a %s has nothing to be rendered: approved, it is ready',
    async (kind) => {
      const first = await written(1);
      await written(2);
      const ports = { ...stores, newId };
      const request =
        kind === 'rollback'
          ? await requestRollback(ports, { app, env, to: first.id }, byJoe)
          : await requestDeletion(ports, { app, env }, byJoe);
      const { id } = await made(request);
      const before = tipOf(repo.path, repo.branch);
      await write(id);
      expect(tipOf(repo.path, repo.branch)).toBe(before);
      await approve(id, ANN);
      expect(await approve(id, BOB)).toMatchObject([{ state: 'ready' }]);
      await write(id);
      expect((await get(id)).state).toBe('released');
    },
  );
});

it('what an operator has decided once more can’t be approved by that operator', async () => {
  const artifactId = await pushed(1);
  const ids = { id: 'again', by: ANN, correlationId: 'c' };
  const sent: Mark[] = [];
  const send: Outbox['send'] = async (...letters) => void sent.push(...letters.map(({ mark }) => mark));
  await replayArtifact({ ...stores, outbox: { send }, clock: () => NOW }, artifactId, ids);
  const message = eventMessage.parse(sent[0]?.message);
  if (message.type !== 'artifact') throw new Error('it asks for something else');
  const [decision] = (await decideArtifact(stores, message, NOW)) ?? [];
  const id = decision?.release?.id ?? 'none';
  for (const by of [ANN, CI]) await expect(approve(id, by)).rejects.toMatchObject({ code: 'own-release' });
  expect(await approve(id, BOB)).toMatchObject([{ state: 'waiting' }]);
});

describe('a release that is not approved', () => {
  it('is rejected by one, with the reason, and that is final', async () => {
    const { id } = await automatic();
    await approve(id, ANN);
    const [rejected] = await reject(id, BOB, 'not before the migration');
    expect(rejected).toMatchObject({
      state: 'rejected',
      outcomeReason: 'rejected by Bob: not before the migration',
    });
    expect(await reject(id, ANN, 'again')).toMatchObject([{ outcomeReason: rejected?.outcomeReason }]);
    await expect(approve(id, { id: 'z', name: 'Zoe' })).rejects.toMatchObject({
      code: 'not-waiting',
      message: expect.stringContaining('not before the migration'),
    });
    expect(await marked(await get(id))).toBeUndefined();
    expect(await waitingIds()).toEqual([]);
  });

  it('is not said to be approved by whoever comes while another one rejects it', async () => {
    const { id } = await automatic();
    await approve(id, ANN);
    const move: Stores['releases']['move'] = async (...args) => {
      await reject(id, { id: 'z', name: 'Zoe' }, 'no');
      return stores.releases.move(...args);
    };
    const releases = overriding(stores.releases, { move });
    await expect(approve(id, BOB, NOW, { ...stores, releases })).rejects.toMatchObject({
      code: 'not-waiting',
      message: expect.stringContaining('it is rejected (rejected by Zoe: no)'),
    });
    expect((await get(id)).approval?.given).toMatchObject([ANN]);
  });

  it('is sent by the sweeper when its time is over, and ends', async () => {
    const { id } = await automatic();
    await lookAfter(id, NOW + 23 * HOUR + 55 * 60_000);
    await approve(id, ANN);
    const end = NOW + 24 * HOUR;
    await lookAfter(id, end - 60_000);
    const sent: unknown[] = [];
    const send: Outbox['send'] = async (...letters) =>
      void sent.push(...letters.map(({ mark }) => mark.message));
    const options = { limit: 1_000, resend: stores.resend };
    await sweep({ due: stores.due, outbox: { send } }, { ...options, now: end - 1 });
    expect(sent).not.toContainEqual({ type: 'approval', releaseId: id });
    await sweep({ due: stores.due, outbox: { send } }, { ...options, now: end });
    expect(sent).toContainEqual({ type: 'approval', releaseId: id });
    expect(await lookAfter(id, end)).toMatchObject({
      state: 'expired',
      outcomeReason: 'not approved in time: 1 of 2 approvals came before 2026-12-01T12:00:00.000Z',
    });
    expect(await marked(await get(id))).toBeUndefined();
  });

  it('ends when somebody comes too late, before anybody else has looked', async () => {
    const { id } = await automatic();
    await expect(approve(id, ANN, NOW + 24 * HOUR)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await get(id)).state).toBe('expired');
  });

  it.each([
    ['more', { approvals: { ...RULE, required: 3 } }, /asks for 3 approvals within 24 h now/],
    ['another time', { approvals: { ...RULE, withinHours: 1 } }, /within 1 h now/],
    ['none', {}, /not asked for any more/],
  ])('lapses when the rule asks for %s since', async (_what, environment, why) => {
    const [seen, approved] = [await automatic(1), await automatic(2)];
    for (const by of [ANN, BOB]) await approve(approved.id, by);
    await render(approved.id);
    stores = { ...stores, settings: settingsWith(environment) };
    expect(await lookAfter(seen.id)).toMatchObject({
      state: 'expired',
      outcomeReason: expect.stringMatching(why),
    });
    await write(approved.id);
    expect(await get(approved.id)).toMatchObject({
      state: 'expired',
      outcomeReason: expect.stringMatching(why),
    });
    expect(tipOf(repo.path, repo.branch)).toBeNull();
  });

  it('lapses when the artifact has another content by then', async () => {
    const [early, late] = [await automatic(1), await automatic(2)];
    for (const by of [ANN, BOB]) await approve(late.id, by);
    for (const { id } of [early, late]) {
      const stored = await get(id);
      const { state } = stored;
      const mark = await marked(stored);
      await stores.releases.move(
        stored,
        { state: state === 'queued' ? 'rendering' : state, artifactDigest: 'other' },
        mark,
      );
    }
    await expect(approve(early.id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await get(early.id)).outcomeReason).toMatch(/artifact is not the one that was to be approved/);
    expect(await render(late.id)).toMatchObject({ state: 'failed', errorCode: 'artifact-changed' });
  });

  it('is superseded once something newer is written', async () => {
    const old = await automatic(1);
    await written(2);
    await expect(approve(old.id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await get(old.id)).state).toBe('superseded');
  });
});

describe('after the last approval', () => {
  const approved = async (first = ANN): Promise<string> => {
    const { id } = await automatic();
    for (const by of [first, BOB]) await approve(id, by);
    await render(id);
    return id;
  };

  it.each([
    ['a freeze', () => freeze(), 'held'],
    [
      'a restriction',
      () =>
        stores.controls.setEnvironment(env, { restrictions: [{ branchPattern: 'release' }], freezes: [] }),
      'failed',
    ],
    ['a stopped line', () => stores.controls.setGlobal({ stopTheLine: 'incident' }), 'held'],
  ])('%s still binds it', async (_what, set, state) => {
    const id = await approved();
    await set();
    await write(id);
    expect((await get(id)).state).toBe(state);
    await stores.controls.setEnvironment(env, { restrictions: [], freezes: [] });
    await stores.controls.setGlobal({});
  });

  const freeze = () => {
    const one = { from: 0, until: Date.now() + HOUR, reason: 'holidays' };
    return stores.controls.setEnvironment(env, { restrictions: [], freezes: [one] });
  };

  it('it is not written when the token of one who approved is revoked since', async () => {
    const tokens = { tokens: stores.tokens, random: randomBytes };
    const order = { name: 'Ann', grants: roleGrants({ role: 'approver' }), ageMs: 24 * HOUR };
    const { token } = await createToken(tokens, order, { changedBy: 'admin', now: Date.now() });
    const id = await approved({ id: token.id, name: 'Ann' });
    await revokeToken(tokens, token.id, { changedBy: 'admin', now: Date.now() });
    await write(id);
    expect(await get(id)).toMatchObject({
      state: 'failed',
      errorCode: 'grant-revoked',
      outcomeReason: 'the token of Ann, by which it was approved, is revoked',
    });
  });
});

it('what began before its environment asked for approvals is not written without them', async () => {
  stores = { ...stores, settings: settingsWith({}) };
  const artifactId = await pushed(1);
  const [decision] = (await decideArtifact(stores, { artifactId }, NOW)) ?? [];
  const id = decision?.release?.id ?? 'none';
  await render(id);
  stores = { ...stores, settings: settingsWith({ approvals: RULE }) };
  await write(id);
  expect(await get(id)).toMatchObject({ state: 'failed', errorCode: 'approval-required' });
});

describe('where each is written in its turn', () => {
  it('those behind wait for what waits, and go on when it is rejected', async () => {
    stores = { ...stores, settings: settingsWith({ approvals: RULE, releases: 'keep-all' }) };
    const [first, second] = [await automatic(1), await automatic(2)];
    for (const by of [ANN, BOB]) await approve(second.id, by);
    await render(second.id);
    await write(second.id);
    expect((await get(second.id)).state).toBe('rendering');
    await receive(embedded, 'gitops-writes');
    await reject(first.id, ANN, 'no');
    await write(first.id);
    expect((await get(second.id)).state).toBe('released');
  });
});

describe('whoever dies', () => {
  const dead: Outbox = {
    send: async () => {
      throw new Error('killed');
    },
  };

  it('right after the last approval leaves a mark that brings it on', async () => {
    const { id } = await automatic();
    await approve(id, ANN);
    await expect(approve(id, BOB, NOW, { ...stores, outbox: dead })).rejects.toThrow('killed');
    const release = await get(id);
    expect(release.state).toBe('queued');
    expect(await marked(release)).toMatchObject({ queue: 'render-requests', dueAt: NOW + 60_000 });
  });

  it('right before it leaves it waiting, to be approved again', async () => {
    const { id } = await automatic();
    await approve(id, ANN);
    const move = async (): Promise<never> => {
      throw new Error('killed');
    };
    const releases = overriding(stores.releases, { move });
    await expect(approve(id, BOB, NOW, { ...stores, releases })).rejects.toThrow('killed');
    expect(await get(id)).toMatchObject({ state: 'waiting', approval: { given: [ANN] } });
    expect(await approve(id, BOB)).toMatchObject([{ state: 'queued' }]);
  });

  it('before it was told leaves a mark that has it told', async () => {
    const { id } = await automatic();
    expect(await marked(await get(id))).toMatchObject({
      ...{ queue: 'events', dueAt: NOW + 60_000 },
      message: { type: 'approval', releaseId: id },
    });
  });
});

it('its end is told', async () => {
  const releases = announceEndings(stores.releases, {
    ...{ channels: stores.settings.notifications, outbox: stores.outbox },
    ...{ resend: stores.resend, clock: Date.now },
  });
  const { id } = await automatic();
  await receive(embedded, 'notifications');
  await rejectRelease({ ...stores, releases }, id, { by: ANN, reason: 'no', now: NOW });
  expect(await receive(embedded, 'notifications')).toContainEqual({ type: 'ending', releaseId: id });
});

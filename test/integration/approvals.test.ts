import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createToken, revokeToken } from '../../shared/access/manage-tokens.ts';
import { roleGrants } from '../../shared/access/role-grants.ts';
import type { Mark } from '../../shared/messages/mark.ts';
import { eventMessage } from '../../shared/messages/message.ts';
import type { Outbox } from '../../shared/messages/outbox.ts';
import { approveRelease } from '../../shared/release/approve-release.ts';
import { cancelRelease } from '../../shared/release/cancel-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { replayArtifact } from '../../shared/release/replay-artifact.ts';
import { requestDeletion } from '../../shared/release/request-deletion.ts';
import { requestRelease } from '../../shared/release/request-release.ts';
import { requestRollback } from '../../shared/release/request-rollback.ts';
import { ANN, AppWithApprovals, BOB, CI, ENV, HOUR, NOW, RULE } from '../support/app-with-approvals.ts';
import { tipOf } from '../support/native-git.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { receive } from '../support/stores.ts';

let shop: AppWithApprovals;
gitOpsForTests((given) => {
  shop = new AppWithApprovals(given);
});

const newId = () => randomBytes(8).toString('hex');
const byJoe = { triggeredBy: 'Joe', callerId: 'token-joe', now: NOW };

async function madeByJoe(): Promise<string> {
  const artifactId = await shop.pushed(1, null);
  return (await shop.made(await requestRelease({ ...shop.stores, newId }, { artifactId, env: ENV }, byJoe)))
    .id;
}

describe('a release that needs approvals', () => {
  it('waits for each of them, is listed, and begins with the last', async () => {
    const { id } = await shop.automatic();
    expect(await shop.get(id)).toMatchObject({
      state: 'waiting',
      times: { waiting: NOW },
      askedBy: [CI],
      approval: { required: 2, expiresAt: NOW + 24 * HOUR, given: [] },
    });
    expect(await shop.waitingIds()).toEqual([id]);
    expect(await shop.render(id)).toBeUndefined();
    await shop.write(id);
    expect(tipOf(shop.repo.path, shop.repo.branch)).toBeNull();

    const [once] = await approveRelease(shop.stores, id, { by: ANN, reason: 'tested', now: NOW + 1 });
    expect(once).toMatchObject({
      state: 'waiting',
      approval: { given: [{ ...ANN, at: NOW + 1, reason: 'tested' }] },
    });
    expect(await shop.marked(await shop.get(id))).toMatchObject({ queue: 'events', sends: 0 });

    const [begun] = await shop.approve(id, BOB, NOW + 2);
    expect(begun).toMatchObject({ state: 'queued', times: { waiting: NOW, queued: NOW + 2 } });
    expect(await shop.waitingIds()).toEqual([]);
    expect(await receive(shop.embedded, 'render-requests')).toContainEqual({ type: 'render', releaseId: id });
    await shop.render(id);
    await shop.write(id);
    expect((await shop.get(id)).state).toBe('released');
    expect(tipOf(shop.repo.path, shop.repo.branch)).not.toBeNull();
  });

  it('counts nobody twice, and neither the asker nor the author', async () => {
    const { id } = await shop.automatic();
    await shop.approve(id, ANN);
    const [again] = await shop.approve(id, { id: 'another-token', name: 'ann' });
    expect(again).toMatchObject({ state: 'waiting', approval: { given: [ANN] } });
    for (const by of [CI, { id: 'x', name: 'jane@acme.com' }, { id: 'y', name: 'Jane Doe' }]) {
      await expect(shop.approve(id, by)).rejects.toMatchObject({ code: 'own-release', kind: 'forbidden' });
    }
    expect((await shop.get(id)).approval?.given).toHaveLength(1);
    await shop.approve(id, BOB);
    expect((await shop.approve(id, BOB)).map(({ state }) => state)).toEqual(['queued']);
  });

  it('keeps every approval of people who agree at once', async () => {
    shop.setEnvironment({ approvals: { ...RULE, required: 4 } });
    const releaseId = await madeByJoe();
    const people = [1, 2, 3, 4].map((n) => ({ id: `token-${n}`, name: `Person ${n}` }));
    await Promise.all([...people, ...people].map((by) => shop.approve(releaseId, by)));
    const { state, approval } = await shop.get(releaseId);
    expect(state).toBe('queued');
    expect(approval?.given.map(({ name }) => name).sort()).toEqual(people.map(({ name }) => name));
  });

  it('is told once, however often it is looked after', async () => {
    const { id } = await shop.automatic();
    const seen = await receive(shop.embedded, 'notifications');
    await shop.lookAfter(id);
    expect(await shop.marked(await shop.get(id))).toMatchObject({
      queue: 'events',
      sends: 0,
      dueAt: NOW + HOUR / 6,
    });
    await shop.lookAfter(id, NOW + 24 * HOUR - 1);
    expect((await shop.marked(await shop.get(id)))?.dueAt).toBe(NOW + 24 * HOUR);
    const told = [...seen, ...(await receive(shop.embedded, 'notifications'))];
    expect(new Set(told.map(({ noticeId }) => noticeId)).size).toBe(1);
    const notice = await shop.stores.notices.get(String(told[0]?.['noticeId']));
    expect(notice).toMatchObject({
      type: 'release.waiting',
      text: `${ENV}/${shop.name}: the release of sha1, asked for automatically, waits for 2 approvals until 2026-12-01T12:00:00.000Z`,
    });
  });

  it('may be taken back by whoever may cancel', async () => {
    const { id } = await shop.automatic();
    expect(await cancelRelease(shop.stores, id, { cancelledBy: 'Joe', now: NOW })).toMatchObject([
      { state: 'cancelled' },
    ]);
    await expect(shop.approve(id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect(await shop.waitingIds()).toEqual([]);
  });
});

describe('what people ask for', () => {
  it('waits as well, and can’t be approved by whoever asked', async () => {
    const artifactId = await shop.pushed(1, null);
    const request = await requestRelease({ ...shop.stores, newId }, { artifactId, env: ENV }, byJoe);
    await expect(shop.approve(request.id, ANN)).rejects.toMatchObject({ code: 'not-made-yet' });
    const release = await shop.made(request);
    expect(release).toMatchObject({ state: 'waiting', reason: 'released by Joe after 2 approvals' });
    const [decision] = await shop.stores.decisions.listFor(artifactId);
    expect(decision).toMatchObject({ outcome: 'awaitingApproval', release: { id: release.id } });
    await expect(shop.approve(request.id, { id: 'token-joe', name: 'renamed' })).rejects.toMatchObject({
      code: 'own-release',
    });
    await shop.approve(request.id, ANN);
    expect(await shop.approve(request.id, BOB)).toMatchObject([{ id: release.id, state: 'queued' }]);
  });

  it.each(['rollback', 'delete'] as const)(
    'a %s has nothing to be rendered: approved, it is ready',
    async (kind) => {
      const first = await shop.written(1);
      await shop.written(2);
      const ports = { ...shop.stores, newId };
      const request =
        kind === 'rollback'
          ? await requestRollback(ports, { app: shop.name, env: ENV, to: first.id }, byJoe)
          : await requestDeletion(ports, { app: shop.name, env: ENV }, byJoe);
      const { id } = await shop.made(request);
      const before = tipOf(shop.repo.path, shop.repo.branch);
      await shop.write(id);
      expect(tipOf(shop.repo.path, shop.repo.branch)).toBe(before);
      await shop.approve(id, ANN);
      expect(await shop.approve(id, BOB)).toMatchObject([{ state: 'ready' }]);
      await shop.write(id);
      expect((await shop.get(id)).state).toBe('released');
    },
  );
});

it('what an operator has decided once more can’t be approved by that operator', async () => {
  const artifactId = await shop.pushed(1);
  const ids = { id: 'again', by: ANN, correlationId: 'c' };
  const sent: Mark[] = [];
  const send: Outbox['send'] = async (...letters) => void sent.push(...letters.map(({ mark }) => mark));
  await replayArtifact({ ...shop.stores, outbox: { send }, clock: () => NOW }, artifactId, ids);
  const message = eventMessage.parse(sent[0]?.message);
  if (message.type !== 'artifact') throw new Error('it asks for something else');
  const [decision] = (await decideArtifact(shop.stores, message, NOW)) ?? [];
  const id = decision?.release?.id ?? 'none';
  for (const by of [ANN, CI])
    await expect(shop.approve(id, by)).rejects.toMatchObject({ code: 'own-release' });
  expect(await shop.approve(id, BOB)).toMatchObject([{ state: 'waiting' }]);
});

describe('after the last approval', () => {
  const approved = async (first = ANN): Promise<string> => {
    const { id } = await shop.automatic();
    for (const by of [first, BOB]) await shop.approve(id, by);
    await shop.render(id);
    return id;
  };

  it.each([
    ['a freeze', () => freeze(), 'held'],
    [
      'a restriction',
      () =>
        shop.stores.controls.setEnvironment(ENV, {
          restrictions: [{ branchPattern: 'release' }],
          freezes: [],
        }),
      'failed',
    ],
    ['a stopped line', () => shop.stores.controls.setGlobal({ stopTheLine: 'incident' }), 'held'],
  ])('%s still binds it', async (_what, set, state) => {
    const id = await approved();
    await set();
    await shop.write(id);
    expect((await shop.get(id)).state).toBe(state);
    await shop.stores.controls.setEnvironment(ENV, { restrictions: [], freezes: [] });
    await shop.stores.controls.setGlobal({});
  });

  const freeze = () => {
    const one = { from: 0, until: Date.now() + HOUR, reason: 'holidays' };
    return shop.stores.controls.setEnvironment(ENV, { restrictions: [], freezes: [one] });
  };

  it('it is not written when the token of one who approved is revoked since', async () => {
    const tokens = { tokens: shop.stores.tokens, random: randomBytes };
    const order = { name: 'Ann', grants: roleGrants({ role: 'approver' }), ageMs: 24 * HOUR };
    const { token } = await createToken(tokens, order, { changedBy: 'admin', now: Date.now() });
    const id = await approved({ id: token.id, name: 'Ann' });
    await revokeToken(tokens, token.id, { changedBy: 'admin', now: Date.now() });
    await shop.write(id);
    expect(await shop.get(id)).toMatchObject({
      state: 'failed',
      errorCode: 'grant-revoked',
      outcomeReason: 'the token of Ann, by which it was approved, is revoked',
    });
  });
});

it('what began before its environment asked for approvals is not written without them', async () => {
  shop.setEnvironment({});
  const artifactId = await shop.pushed(1);
  const [decision] = (await decideArtifact(shop.stores, { artifactId }, NOW)) ?? [];
  const id = decision?.release?.id ?? 'none';
  await shop.render(id);
  shop.setEnvironment({ approvals: RULE });
  await shop.write(id);
  expect(await shop.get(id)).toMatchObject({ state: 'failed', errorCode: 'approval-required' });
});

import { describe, expect, it } from 'vitest';
import type { Outbox } from '../../shared/messages/outbox.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { rejectRelease } from '../../shared/release/approve-release.ts';
import { ANN, AppWithApprovals, BOB, HOUR, NOW, RULE } from '../support/app-with-approvals.ts';
import { tipOf } from '../support/native-git.ts';
import { gitOpsForTests } from '../support/services-for-tests.ts';
import { receive, type Stores } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

let shop: AppWithApprovals;
gitOpsForTests((given) => {
  shop = new AppWithApprovals(given);
});

describe('a release that is not approved', () => {
  it('is rejected by one, with the reason, and that is final', async () => {
    const { id } = await shop.automatic();
    await shop.approve(id, ANN);
    const [rejected] = await shop.reject(id, BOB, 'not before the migration');
    expect(rejected).toMatchObject({
      state: 'rejected',
      outcomeReason: 'rejected by Bob: not before the migration',
    });
    expect(await shop.reject(id, ANN, 'again')).toMatchObject([{ outcomeReason: rejected?.outcomeReason }]);
    await expect(shop.approve(id, { id: 'z', name: 'Zoe' })).rejects.toMatchObject({
      code: 'not-waiting',
      message: expect.stringContaining('not before the migration'),
    });
    expect(await shop.marked(await shop.get(id))).toBeUndefined();
    expect(await shop.waitingIds()).toEqual([]);
  });

  it('is not said to be approved by whoever comes while another one rejects it', async () => {
    const { id } = await shop.automatic();
    await shop.approve(id, ANN);
    const move: Stores['releases']['move'] = async (...args) => {
      await shop.reject(id, { id: 'z', name: 'Zoe' }, 'no');
      return shop.stores.releases.move(...args);
    };
    const releases = overriding(shop.stores.releases, { move });
    await expect(shop.approve(id, BOB, NOW, { ...shop.stores, releases })).rejects.toMatchObject({
      code: 'not-waiting',
      message: expect.stringContaining('it is rejected (rejected by Zoe: no)'),
    });
    expect((await shop.get(id)).approval?.given).toMatchObject([ANN]);
  });

  it('is sent by the sweeper when its time is over, and ends', async () => {
    const { id } = await shop.automatic();
    await shop.lookAfter(id, NOW + 23 * HOUR + 55 * 60_000);
    await shop.approve(id, ANN);
    const end = NOW + 24 * HOUR;
    await shop.lookAfter(id, end - 60_000);
    const sent: unknown[] = [];
    const send: Outbox['send'] = async (...letters) =>
      void sent.push(...letters.map(({ mark }) => mark.message));
    const options = { limit: 1_000, resend: shop.stores.resend };
    await sweep({ due: shop.stores.due, outbox: { send } }, { ...options, now: end - 1 });
    expect(sent).not.toContainEqual({ type: 'approval', releaseId: id });
    await sweep({ due: shop.stores.due, outbox: { send } }, { ...options, now: end });
    expect(sent).toContainEqual({ type: 'approval', releaseId: id });
    expect(await shop.lookAfter(id, end)).toMatchObject({
      state: 'expired',
      outcomeReason: 'not approved in time: 1 of 2 approvals came before 2026-12-01T12:00:00.000Z',
    });
    expect(await shop.marked(await shop.get(id))).toBeUndefined();
  });

  it('ends when somebody comes too late, before anybody else has looked', async () => {
    const { id } = await shop.automatic();
    await expect(shop.approve(id, ANN, NOW + 24 * HOUR)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await shop.get(id)).state).toBe('expired');
  });

  it.each([
    ['more', { approvals: { ...RULE, required: 3 } }, /asks for 3 approvals within 24 h now/],
    ['another time', { approvals: { ...RULE, withinHours: 1 } }, /within 1 h now/],
    ['none', {}, /not asked for any more/],
  ])('lapses when the rule asks for %s since', async (_what, environment, why) => {
    const [seen, approved] = [await shop.automatic(1), await shop.automatic(2)];
    for (const by of [ANN, BOB]) await shop.approve(approved.id, by);
    await shop.render(approved.id);
    shop.setEnvironment(environment);
    expect(await shop.lookAfter(seen.id)).toMatchObject({
      state: 'expired',
      outcomeReason: expect.stringMatching(why),
    });
    await shop.write(approved.id);
    expect(await shop.get(approved.id)).toMatchObject({
      state: 'expired',
      outcomeReason: expect.stringMatching(why),
    });
    expect(tipOf(shop.repo.path, shop.repo.branch)).toBeNull();
  });

  it('lapses when the artifact has another content by then', async () => {
    const [early, late] = [await shop.automatic(1), await shop.automatic(2)];
    for (const by of [ANN, BOB]) await shop.approve(late.id, by);
    for (const { id } of [early, late]) {
      const stored = await shop.get(id);
      const { state } = stored;
      const mark = await shop.marked(stored);
      await shop.stores.releases.move(
        stored,
        { state: state === 'queued' ? 'rendering' : state, artifactDigest: 'other' },
        mark,
      );
    }
    await expect(shop.approve(early.id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await shop.get(early.id)).outcomeReason).toMatch(
      /artifact is not the one that was to be approved/,
    );
    expect(await shop.render(late.id)).toMatchObject({ state: 'failed', errorCode: 'artifact-changed' });
  });

  it('is superseded once something newer is written', async () => {
    const old = await shop.automatic(1);
    await shop.written(2);
    await expect(shop.approve(old.id, ANN)).rejects.toMatchObject({ code: 'not-waiting' });
    expect((await shop.get(old.id)).state).toBe('superseded');
  });
});

describe('where each is written in its turn', () => {
  it('those behind wait for what waits, and go on when it is rejected', async () => {
    shop.setEnvironment({ approvals: RULE, releases: 'keep-all' });
    const [first, second] = [await shop.automatic(1), await shop.automatic(2)];
    for (const by of [ANN, BOB]) await shop.approve(second.id, by);
    await shop.render(second.id);
    await shop.write(second.id);
    expect((await shop.get(second.id)).state).toBe('rendering');
    await receive(shop.embedded, 'gitops-writes');
    await shop.reject(first.id, ANN, 'no');
    await shop.write(first.id);
    expect((await shop.get(second.id)).state).toBe('released');
  });
});

describe('whoever dies', () => {
  const dead: Outbox = {
    send: async () => {
      throw new Error('killed');
    },
  };

  it('right after the last approval leaves a mark that brings it on', async () => {
    const { id } = await shop.automatic();
    await shop.approve(id, ANN);
    await expect(shop.approve(id, BOB, NOW, { ...shop.stores, outbox: dead })).rejects.toThrow('killed');
    const release = await shop.get(id);
    expect(release.state).toBe('queued');
    expect(await shop.marked(release)).toMatchObject({ queue: 'render-requests', dueAt: NOW + 60_000 });
  });

  it('right before it leaves it waiting, to be approved again', async () => {
    const { id } = await shop.automatic();
    await shop.approve(id, ANN);
    const move = async (): Promise<never> => {
      throw new Error('killed');
    };
    const releases = overriding(shop.stores.releases, { move });
    await expect(shop.approve(id, BOB, NOW, { ...shop.stores, releases })).rejects.toThrow('killed');
    expect(await shop.get(id)).toMatchObject({ state: 'waiting', approval: { given: [ANN] } });
    expect(await shop.approve(id, BOB)).toMatchObject([{ state: 'queued' }]);
  });

  it('before it was told leaves a mark that has it told', async () => {
    const { id } = await shop.automatic();
    expect(await shop.marked(await shop.get(id))).toMatchObject({
      ...{ queue: 'events', dueAt: NOW + 60_000 },
      message: { type: 'approval', releaseId: id },
    });
  });
});

it('its end is told', async () => {
  const releases = announceEndings(shop.stores.releases, {
    ...{ channels: shop.stores.settings.notifications, outbox: shop.stores.outbox },
    ...{ resend: shop.stores.resend, clock: Date.now },
  });
  const { id } = await shop.automatic();
  await receive(shop.embedded, 'notifications');
  await rejectRelease({ ...shop.stores, releases }, id, { by: ANN, reason: 'no', now: NOW });
  expect(await receive(shop.embedded, 'notifications')).toContainEqual({ type: 'ending', releaseId: id });
});

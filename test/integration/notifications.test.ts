import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { messenger } from '../../shared/adapters/notify/messenger.ts';
import { endPause, pauseBranch } from '../../shared/gitops/pause.ts';
import { holdTarget, resumeTarget } from '../../shared/release/hold-target.ts';
import { lookAfterTarget } from '../../shared/release/look-after-target.ts';
import { placeHold, takeBackHold } from '../../shared/release/place-hold.ts';
import { releaseNotice } from '../../shared/release/release-notice.ts';
import { MINUTE, NotifierWorld, REPO, receiver, TARGET, webhook } from '../support/notifier-world.ts';
import { freshEmbeddedForTests } from '../support/services-for-tests.ts';
import { holdBy, markOf } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

const embedded = freshEmbeddedForTests();
let world: NotifierWorld;
beforeEach(() => {
  world = new NotifierWorld(embedded());
});

describe('the end of a release', () => {
  it('is told to a webhook, signed, and then there is nothing more to do', async () => {
    const server = await receiver();
    world.setChannels(webhook('tickets', server));
    const release = await world.endRelease();
    await world.drain();
    const [call] = server.calls;
    if (!call) throw new Error('nobody called');
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = call.headers;
    const expected = createHmac('sha256', Buffer.alloc(32, 7))
      .update(`${id}.${timestamp}.${call.body}`)
      .digest('base64');
    expect({ signature, method: call.method, url: call.url }).toEqual({
      signature: `v1,${expected}`,
      method: 'POST',
      url: '/hook?key=canary',
    });
    expect(timestamp).toBe(String(Math.floor(world.now / 1000)));
    expect(JSON.parse(call.body)).toMatchObject({
      type: 'release.failed',
      data: { releaseId: release.id, reason: 'no' },
    });
    expect(id).toBe(releaseNotice(release)?.id);
    expect(await markOf(world.stores, keys.release(release.id))).toBeUndefined();
    await world.later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(1);
  });

  it('is told to Slack at the address that is its secret, and to the log', async () => {
    const server = await receiver();
    world.setChannels({ type: 'slack', name: 'team', secret: 'slack' }, { type: 'log', name: 'all' });
    await world.endRelease();
    const secret = async () => `${server.url}/services/T0/canary\n`;
    const log = (channel: string) => world.logged.push(channel);
    await world.drain(
      world.ports({
        messenger: messenger({ secret, log, allowLoopback: true, timeoutMs: 5_000, clock: world.clock }),
      }),
    );
    expect(server.calls.map(({ url }) => url)).toEqual(['/services/T0/canary']);
    expect(JSON.parse(server.calls[0]?.body ?? '')).toMatchObject({
      text: expect.stringContaining('staging/shop'),
    });
    expect(world.logged).toEqual(['all']);
  });

  it('costs nothing where nobody wants to know', async () => {
    world.setChannels(
      { type: 'log', name: 'other', apps: ['other'] },
      { type: 'log', name: 'good', events: ['release.released'] },
    );
    const release = await world.endRelease();
    expect(await markOf(world.stores, keys.release(release.id))).toBeUndefined();
    expect(await world.drain()).toBe(0);
  });
});

describe('a hold', () => {
  const lookAfter = () => lookAfterTarget(world.stores, TARGET, world.now);

  it('is told when it is placed, and when it is lifted or over', async () => {
    world.setChannels({ type: 'log', name: 'all' });
    await world.stores.targets.allocateNext(TARGET);
    await holdTarget(world.stores, TARGET, { ...holdBy('jane', 'looking'), since: world.now });
    await lookAfter();
    await resumeTarget(world.stores, TARGET, { release: true, by: 'john', now: world.now });
    await lookAfter();
    await holdTarget(world.stores, TARGET, {
      ...holdBy('jane', 'again', world.now + MINUTE),
      since: world.now,
    });
    world.now += 2 * MINUTE;
    await lookAfter();
    await lookAfter();
    await world.drain();
    expect(world.logged.toSorted()).toEqual([
      'all hold.lifted',
      'all hold.lifted',
      'all hold.placed',
      'all hold.placed',
    ]);
    expect((await world.stores.targets.get(TARGET)).notices).toEqual([]);
  });

  it('is told once though whoever hands it on dies on the way', async () => {
    world.setChannels({ type: 'log', name: 'all' });
    await world.stores.targets.allocateNext(TARGET);
    await holdTarget(world.stores, TARGET, { ...holdBy('jane', 'looking'), since: world.now });
    const dying = overriding(world.stores.targets, { forgetNotice: () => Promise.reject(new Error('died')) });
    await expect(lookAfterTarget({ ...world.stores, targets: dying }, TARGET, world.now)).rejects.toThrow(
      'died',
    );
    expect(await markOf(world.stores, keys.target(TARGET))).toMatchObject({
      message: { type: 'target', ...TARGET },
    });
    await lookAfter();
    await world.drain();
    expect(world.logged).toEqual(['all hold.placed']);
  });

  it('that is taken back at once is not told; whoever was told of it is told that it is over', async () => {
    world.setChannels({ type: 'log', name: 'all' });
    const hold = { ...holdBy('jane', 'rollback'), since: world.now };
    const placed = await placeHold(world.stores, TARGET, hold);
    if (!placed) throw new Error('no hold was placed');
    await takeBackHold(world.stores.targets, placed);
    await lookAfter();
    await world.drain();
    expect(world.logged).toEqual([]);
    await placeHold(world.stores, TARGET, { ...hold, id: 'hold-2' });
    await lookAfter();
    await takeBackHold(world.stores.targets, { ...placed, hold: { ...hold, id: 'hold-2' } });
    await lookAfter();
    await world.drain();
    expect(world.logged).toEqual(['all hold.placed', 'all hold.lifted']);
    expect((await world.stores.targets.get(TARGET)).hold).toBeUndefined();
  });
});

describe('a paused repo', () => {
  const ref = { url: REPO.url, branch: REPO.branch };
  const trouble = { reason: 'remote: no' };

  it('is told once, however often it is tried in vain, and when it is over', async () => {
    world.setChannels({ type: 'log', name: 'all' });
    const ports = { ...makeWriterPorts(world.stores), clock: world.clock };
    const pause = await pauseBranch(ports, ref, trouble, undefined);
    world.now += MINUTE;
    const again = await pauseBranch(ports, ref, trouble, pause);
    await endPause(ports, ref, again);
    await world.drain();
    expect(world.logged).toEqual(['all repo.paused', 'all repo.resumed']);
    expect(await world.stores.pauses.read(ref)).toBeUndefined();
  });

  it('is told with its end at the latest, when the writer dies before it can', async () => {
    world.setChannels({ type: 'log', name: 'all' });
    const dying = {
      ...makeWriterPorts(world.stores),
      clock: world.clock,
      notices: { putOnce: () => Promise.reject(new Error('died')) },
    };
    await expect(pauseBranch(dying, ref, trouble, undefined)).rejects.toThrow('died');
    const pause = await world.stores.pauses.read(ref);
    if (!pause) throw new Error('there is no pause');
    await endPause({ ...makeWriterPorts(world.stores), clock: world.clock }, ref, pause);
    await world.drain();
    expect(world.logged).toEqual(['all repo.paused', 'all repo.resumed']);
  });
});

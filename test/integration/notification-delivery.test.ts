import { beforeEach, describe, expect, it } from 'vitest';
import { makeNotifier } from '../../functions/notifier/notifier.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { messenger } from '../../shared/adapters/notify/messenger.ts';
import { post } from '../../shared/adapters/notify/post.ts';
import { releaseNotice } from '../../shared/release/release-notice.ts';
import { idsOf, MINUTE, NotifierWorld, receiver, webhook } from '../support/notifier-world.ts';
import { type ScriptedAnswer, type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import { freshEmbeddedForTests } from '../support/services-for-tests.ts';
import { markOf } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

const embedded = freshEmbeddedForTests();
let world: NotifierWorld;
beforeEach(() => {
  world = new NotifierWorld(embedded());
});

const typesOf = ({ calls }: ScriptedServer) => calls.map(({ body }) => JSON.parse(body).type);

describe('a receiver', () => {
  it('that fails gets the same again later: by its own word, or at growing intervals', async () => {
    const server = await receiver(
      { status: 500 },
      { status: 429, headers: { 'retry-after': '600' } },
      { status: 200 },
    );
    world.setChannels(webhook('tickets', server));
    await world.endRelease();
    await world.drain();
    expect(server.calls).toHaveLength(1);
    await world.later(30_000);
    expect(server.calls).toHaveLength(1);
    await world.later(31_000);
    expect(server.calls).toHaveLength(2);
    await world.later(599_000);
    expect(server.calls).toHaveLength(2);
    await world.later(2_000);
    expect(server.calls).toHaveLength(3);
    expect(new Set(idsOf(server)).size).toBe(1);
    expect(new Set(server.calls.map(({ body }) => body)).size).toBe(1);
    await world.later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(3);
    expect(world.givenUp).toEqual([]);
  });

  it('that is dead is given up in the end, and holds up no other', async () => {
    const alive = await receiver();
    const dead = await scriptedServer('cut');
    await dead[Symbol.asyncDispose]();
    world.setChannels(webhook('dead', dead), webhook('alive', alive));
    await world.endRelease();
    await world.drain();
    expect(typesOf(alive)).toEqual(['release.failed']);
    for (let attempt = 2; attempt <= 12; attempt += 1) await world.later(61 * MINUTE);
    expect(world.givenUp).toMatchObject([{ channel: 'dead', state: 'failed', attempts: 10 }]);
    expect(world.givenUp[0]?.problem).toMatch(/can't be reached.*ECONNREFUSED/);
    expect(world.givenUp[0]?.problem).not.toContain('canary');
    expect(alive.calls).toHaveLength(1);
  });

  it.each([
    [{ status: 404 }, 'answers 404'],
    [{ status: 302, headers: { location: 'http://169.254.169.254/' } }, 'answers 302'],
  ] satisfies [ScriptedAnswer, string][])('that answers %j is given up at once', async (answer, words) => {
    const server = await receiver(answer);
    world.setChannels(webhook('gone', server));
    await world.endRelease();
    await world.drain();
    expect(world.givenUp).toMatchObject([
      { channel: 'gone', attempts: 1, problem: expect.stringContaining(words) },
    ]);
    await world.later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(1);
  });

  it('is waited for while its secret is not there yet, and given up when that can sign nothing', async () => {
    const server = await receiver();
    world.setChannels(webhook('early', server, { secret: 'not-yet' }));
    const release = await world.endRelease();
    await world.drain();
    const delivery = await world.stores.deliveries.get(releaseNotice(release)?.id ?? '', 'early');
    expect(delivery).toMatchObject({ state: 'pending', problem: expect.stringContaining("no 'not-yet'") });
    const bad = messenger({
      secret: async () => 'canary',
      log: () => undefined,
      allowLoopback: true,
      timeoutMs: 5_000,
      clock: world.clock,
    });
    await world.sweepLater(MINUTE);
    await world.drain(world.ports({ messenger: bad }));
    expect(world.givenUp).toMatchObject([{ problem: expect.stringContaining('whsec_') }]);
    expect(JSON.stringify(world.givenUp)).not.toContain('"canary"');
    expect(server.calls).toEqual([]);
  });

  it('that is not public is never called', async () => {
    const server = await receiver();
    const options = { allowLoopback: false, timeoutMs: 5_000, clock: world.clock };
    const told = (url: string) =>
      post(
        new URL(url),
        '{}',
        {},
        { ...options, resolve: (_, done) => done(null, [{ address: '169.254.169.254', family: 4 }]) },
      );
    expect(await told(server.url)).toMatchObject({
      outcome: 'refused',
      problem: expect.stringContaining('not https'),
    });
    expect(await told('https://127.0.0.1/')).toMatchObject({
      outcome: 'refused',
      problem: expect.stringContaining('not a public'),
    });
    expect(await told('https://[::ffff:10.0.0.1]/')).toMatchObject({ outcome: 'refused' });
    expect(await told('https://metadata.example.com/')).toMatchObject({
      outcome: 'refused',
      problem: expect.stringContaining('169.254.169.254'),
    });
    expect(server.calls).toEqual([]);
  });
});

describe('whatever dies', () => {
  const died = () => Promise.reject(new Error('died'));

  it('the word of an ended release comes with the sweeper', async () => {
    const server = await receiver();
    world.setChannels(webhook('tickets', server));
    const release = await world.endRelease({ lost: true });
    expect(await world.drain()).toBe(0);
    await world.later(MINUTE);
    expect(idsOf(server)).toEqual([releaseNotice(release)?.id]);
    expect(await markOf(world.stores, keys.release(release.id))).toBeUndefined();
  });

  it('after the deliveries are made, they are not made again', async () => {
    const server = await receiver();
    world.setChannels(webhook('tickets', server));
    const release = await world.endRelease();
    const dying = overriding(world.stores.releases, { markTold: died });
    await expect(world.drain(world.ports({ releases: dying }))).rejects.toThrow('died');
    await world.later(MINUTE);
    await world.later(MINUTE);
    expect(server.calls).toHaveLength(1);
    expect(await markOf(world.stores, keys.release(release.id))).toBeUndefined();
  });

  it('in the middle of an attempt, another one is made under the same id', async () => {
    const server = await receiver();
    world.setChannels(webhook('tickets', server));
    const release = await world.endRelease();
    await expect(world.drain(world.ports({ messenger: { tell: died } }))).rejects.toThrow('died');
    await world.later(MINUTE);
    expect(idsOf(server)).toEqual([releaseNotice(release)?.id]);
  });

  it('and whoever is told twice to make one makes one', async () => {
    const server = await receiver();
    world.setChannels(webhook('tickets', server));
    const release = await world.endRelease({ lost: true });
    const notify = makeNotifier(world.ports());
    const noticeId = releaseNotice(release)?.id ?? '';
    const ending = { type: 'ending', releaseId: release.id } as const;
    await Promise.all([notify(ending), notify(ending)]);
    const delivery = { type: 'delivery', noticeId, channel: 'tickets' } as const;
    await Promise.all([notify(delivery), notify(delivery), notify(delivery)]);
    await world.drain();
    expect(server.calls).toHaveLength(1);
  });
});

import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeNotifier, type NotifierPorts } from '../../functions/notifier/notifier.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { messenger } from '../../shared/adapters/notify/messenger.ts';
import { post } from '../../shared/adapters/notify/post.ts';
import { endPause, pauseBranch } from '../../shared/gitops/pause.ts';
import type { NotificationMessage } from '../../shared/messages/message.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import type { Delivery } from '../../shared/notification/delivery.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import { holdTarget, resumeTarget } from '../../shared/release/hold-target.ts';
import { lookAfterTarget } from '../../shared/release/look-after-target.ts';
import { placeHold, takeBackHold } from '../../shared/release/place-hold.ts';
import type { Release } from '../../shared/release/release.ts';
import { releaseNotice } from '../../shared/release/release-notice.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import { readyRelease } from '../support/ready-release.ts';
import { type ScriptedAnswer, type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import { freshEmbeddedForTests } from '../support/services-for-tests.ts';
import { holdBy, makeStores, markOf, RESEND, receive, type Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

const REPO = { url: 'https://git.example.com/gitops.git', path: '', branch: 'main' };
const TARGET = { app: 'shop', env: 'staging' };
const MINUTE = 60_000;
const SECRETS: Readonly<Record<string, string>> = { key: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };

const embedded = freshEmbeddedForTests();
let stores: Stores;
let now: number;
let logged: string[];
let givenUp: Delivery[];
let servers: ScriptedServer[];
const clock = () => now;

beforeEach(() => {
  stores = makeStores(embedded());
  now = Date.now();
  logged = [];
  givenUp = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

/** Channels by the settings, as an operator writes them. */
function withChannels(...notifications: readonly object[]): void {
  stores = {
    ...stores,
    settings: parseSettings(JSON.stringify({ gitops: { repo: REPO.url }, notifications })),
  };
}

async function receiver(...answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
  const server = await scriptedServer(...(answers.length > 0 ? answers : [{ status: 204 }]));
  servers.push(server);
  return server;
}
const webhook = (name: string, { url }: { readonly url: string }, fields: object = {}) => ({
  ...{ type: 'webhook', name, url: `${url}/hook?key=canary`, secret: 'key' },
  ...fields,
});

/** The function, on the embedded services and with a real client. */
function makePorts(overrides: Partial<NotifierPorts> = {}): NotifierPorts {
  return {
    ...stores,
    channels: stores.settings.notifications,
    messenger: messenger({
      secret: async (name) => SECRETS[name],
      log: (channel, { type }) => logged.push(`${channel} ${type}`),
      allowLoopback: true,
      timeoutMs: 5_000,
      clock,
    }),
    clock,
    onGivenUp: (delivery) => givenUp.push(delivery),
    ...overrides,
  };
}

/** Handles what waits in the queue, and what comes of it; answers how many messages that were. */
async function drain(ports = makePorts()): Promise<number> {
  const notify = makeNotifier(ports);
  for (let handled = 0; ; ) {
    const messages = (await receive(embedded(), 'notifications')) as NotificationMessage[];
    if (messages.length === 0) return handled;
    for (const message of messages) await notify(message);
    handled += messages.length;
  }
}

/** So much later the sweeper comes by, and what it sends is handled. */
async function later(ms: number): Promise<void> {
  now += ms;
  await sweep(stores, { now, limit: 100, resend: RESEND });
  await drain();
}

/** Ends a release as the writer does; its word may get lost. */
async function endRelease(options: { readonly lost?: true } = {}): Promise<Release> {
  const telling = { channels: stores.settings.notifications, resend: RESEND, clock };
  const releases = announceEndings(
    stores.releases,
    options.lost ? telling : { ...telling, outbox: stores.outbox },
  );
  const ready = await readyRelease(stores, REPO, TARGET);
  const ended = await releases.move(ready, { state: 'failed', outcomeReason: 'no', times: { failed: now } });
  if (!ended) throw new Error('the release was not ended');
  return ended;
}
const typesOf = ({ calls }: ScriptedServer) => calls.map(({ body }) => JSON.parse(body).type);
const idsOf = ({ calls }: ScriptedServer) => calls.map(({ headers }) => headers['webhook-id']);

describe('the end of a release', () => {
  it('is told to a webhook, signed, and then there is nothing more to do', async () => {
    const server = await receiver();
    withChannels(webhook('tickets', server));
    const release = await endRelease();
    await drain();
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
    expect(timestamp).toBe(String(Math.floor(now / 1000)));
    expect(JSON.parse(call.body)).toMatchObject({
      type: 'release.failed',
      data: { releaseId: release.id, reason: 'no' },
    });
    expect(id).toBe(releaseNotice(release)?.id);
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
    await later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(1);
  });

  it('is told to Slack at the address that is its secret, and to the log', async () => {
    const server = await receiver();
    withChannels({ type: 'slack', name: 'team', secret: 'slack' }, { type: 'log', name: 'all' });
    await endRelease();
    const secret = async () => `${server.url}/services/T0/canary\n`;
    const log = (channel: string) => logged.push(channel);
    await drain(
      makePorts({ messenger: messenger({ secret, log, allowLoopback: true, timeoutMs: 5_000, clock }) }),
    );
    expect(server.calls.map(({ url }) => url)).toEqual(['/services/T0/canary']);
    expect(JSON.parse(server.calls[0]?.body ?? '')).toMatchObject({
      text: expect.stringContaining('staging/shop'),
    });
    expect(logged).toEqual(['all']);
  });

  it('costs nothing where nobody wants to know', async () => {
    withChannels(
      { type: 'log', name: 'other', apps: ['other'] },
      { type: 'log', name: 'good', events: ['release.released'] },
    );
    const release = await endRelease();
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
    expect(await drain()).toBe(0);
  });
});

describe('a receiver', () => {
  it('that fails gets the same again later: by its own word, or at growing intervals', async () => {
    const server = await receiver(
      { status: 500 },
      { status: 429, headers: { 'retry-after': '600' } },
      { status: 200 },
    );
    withChannels(webhook('tickets', server));
    await endRelease();
    await drain();
    expect(server.calls).toHaveLength(1);
    await later(30_000);
    expect(server.calls).toHaveLength(1);
    await later(31_000);
    expect(server.calls).toHaveLength(2);
    await later(599_000);
    expect(server.calls).toHaveLength(2);
    await later(2_000);
    expect(server.calls).toHaveLength(3);
    expect(new Set(idsOf(server)).size).toBe(1);
    expect(new Set(server.calls.map(({ body }) => body)).size).toBe(1);
    await later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(3);
    expect(givenUp).toEqual([]);
  });

  it('that is dead is given up in the end, and holds up no other', async () => {
    const alive = await receiver();
    const dead = await scriptedServer('cut');
    await dead[Symbol.asyncDispose]();
    withChannels(webhook('dead', dead), webhook('alive', alive));
    await endRelease();
    await drain();
    expect(typesOf(alive)).toEqual(['release.failed']);
    for (let attempt = 2; attempt <= 12; attempt += 1) await later(61 * MINUTE);
    expect(givenUp).toMatchObject([{ channel: 'dead', state: 'failed', attempts: 10 }]);
    expect(givenUp[0]?.problem).toMatch(/can't be reached.*ECONNREFUSED/);
    expect(givenUp[0]?.problem).not.toContain('canary');
    expect(alive.calls).toHaveLength(1);
  });

  it.each([
    [{ status: 404 }, 'answers 404'],
    [{ status: 302, headers: { location: 'http://169.254.169.254/' } }, 'answers 302'],
  ] satisfies [ScriptedAnswer, string][])('that answers %j is given up at once', async (answer, words) => {
    const server = await receiver(answer);
    withChannels(webhook('gone', server));
    await endRelease();
    await drain();
    expect(givenUp).toMatchObject([
      { channel: 'gone', attempts: 1, problem: expect.stringContaining(words) },
    ]);
    await later(24 * 60 * MINUTE);
    expect(server.calls).toHaveLength(1);
  });

  it('is waited for while its secret is not there yet, and given up when that can sign nothing', async () => {
    const server = await receiver();
    withChannels(webhook('early', server, { secret: 'not-yet' }));
    const release = await endRelease();
    await drain();
    const delivery = await stores.deliveries.get(releaseNotice(release)?.id ?? '', 'early');
    expect(delivery).toMatchObject({ state: 'pending', problem: expect.stringContaining("no 'not-yet'") });
    const bad = messenger({
      secret: async () => 'canary',
      log: () => undefined,
      allowLoopback: true,
      timeoutMs: 5_000,
      clock,
    });
    now += MINUTE;
    await sweep(stores, { now, limit: 100, resend: RESEND });
    await drain(makePorts({ messenger: bad }));
    expect(givenUp).toMatchObject([{ problem: expect.stringContaining('whsec_') }]);
    expect(JSON.stringify(givenUp)).not.toContain('"canary"');
    expect(server.calls).toEqual([]);
  });

  it('that is not public is never called', async () => {
    const server = await receiver();
    const options = { allowLoopback: false, timeoutMs: 5_000, clock };
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
    withChannels(webhook('tickets', server));
    const release = await endRelease({ lost: true });
    expect(await drain()).toBe(0);
    await later(MINUTE);
    expect(idsOf(server)).toEqual([releaseNotice(release)?.id]);
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
  });

  it('after the deliveries are made, they are not made again', async () => {
    const server = await receiver();
    withChannels(webhook('tickets', server));
    const release = await endRelease();
    const dying = overriding(stores.releases, { markTold: died });
    await expect(drain(makePorts({ releases: dying }))).rejects.toThrow('died');
    await later(MINUTE);
    await later(MINUTE);
    expect(server.calls).toHaveLength(1);
    expect(await markOf(stores, keys.release(release.id))).toBeUndefined();
  });

  it('in the middle of an attempt, another one is made under the same id', async () => {
    const server = await receiver();
    withChannels(webhook('tickets', server));
    const release = await endRelease();
    await expect(drain(makePorts({ messenger: { tell: died } }))).rejects.toThrow('died');
    await later(MINUTE);
    expect(idsOf(server)).toEqual([releaseNotice(release)?.id]);
  });

  it('and whoever is told twice to make one makes one', async () => {
    const server = await receiver();
    withChannels(webhook('tickets', server));
    const release = await endRelease({ lost: true });
    const notify = makeNotifier(makePorts());
    const noticeId = releaseNotice(release)?.id ?? '';
    const ending = { type: 'ending', releaseId: release.id } as const;
    await Promise.all([notify(ending), notify(ending)]);
    const delivery = { type: 'delivery', noticeId, channel: 'tickets' } as const;
    await Promise.all([notify(delivery), notify(delivery), notify(delivery)]);
    await drain();
    expect(server.calls).toHaveLength(1);
  });
});

describe('a hold', () => {
  const lookAfter = () => lookAfterTarget(stores, TARGET, now);

  it('is told when it is placed, and when it is lifted or over', async () => {
    withChannels({ type: 'log', name: 'all' });
    await stores.targets.allocateNext(TARGET);
    await holdTarget(stores, TARGET, { ...holdBy('jane', 'looking'), since: now });
    await lookAfter();
    await resumeTarget(stores, TARGET, { release: true, by: 'john', now });
    await lookAfter();
    await holdTarget(stores, TARGET, { ...holdBy('jane', 'again', now + MINUTE), since: now });
    now += 2 * MINUTE;
    await lookAfter();
    await lookAfter();
    await drain();
    expect(logged.toSorted()).toEqual([
      'all hold.lifted',
      'all hold.lifted',
      'all hold.placed',
      'all hold.placed',
    ]);
    expect((await stores.targets.get(TARGET)).notices).toEqual([]);
  });

  it('is told once though whoever hands it on dies on the way', async () => {
    withChannels({ type: 'log', name: 'all' });
    await stores.targets.allocateNext(TARGET);
    await holdTarget(stores, TARGET, { ...holdBy('jane', 'looking'), since: now });
    const dying = overriding(stores.targets, { forgetNotice: () => Promise.reject(new Error('died')) });
    await expect(lookAfterTarget({ ...stores, targets: dying }, TARGET, now)).rejects.toThrow('died');
    expect(await markOf(stores, keys.target(TARGET))).toMatchObject({
      message: { type: 'target', ...TARGET },
    });
    await lookAfter();
    await drain();
    expect(logged).toEqual(['all hold.placed']);
  });

  it('that is taken back at once is not told; whoever was told of it is told that it is over', async () => {
    withChannels({ type: 'log', name: 'all' });
    const hold = { ...holdBy('jane', 'rollback'), since: now };
    const placed = await placeHold(stores, TARGET, hold);
    if (!placed) throw new Error('no hold was placed');
    await takeBackHold(stores.targets, placed);
    await lookAfter();
    await drain();
    expect(logged).toEqual([]);
    await placeHold(stores, TARGET, { ...hold, id: 'hold-2' });
    await lookAfter();
    await takeBackHold(stores.targets, { ...placed, hold: { ...hold, id: 'hold-2' } });
    await lookAfter();
    await drain();
    expect(logged).toEqual(['all hold.placed', 'all hold.lifted']);
    expect((await stores.targets.get(TARGET)).hold).toBeUndefined();
  });
});

describe('a paused repo', () => {
  const ref = { url: REPO.url, branch: REPO.branch };
  const trouble = { reason: 'remote: no' };

  it('is told once, however often it is tried in vain, and when it is over', async () => {
    withChannels({ type: 'log', name: 'all' });
    const ports = { ...makeWriterPorts(stores), clock };
    const pause = await pauseBranch(ports, ref, trouble, undefined);
    now += MINUTE;
    const again = await pauseBranch(ports, ref, trouble, pause);
    await endPause(ports, ref, again);
    await drain();
    expect(logged).toEqual(['all repo.paused', 'all repo.resumed']);
    expect(await stores.pauses.read(ref)).toBeUndefined();
  });

  it('is told with its end at the latest, when the writer dies before it can', async () => {
    withChannels({ type: 'log', name: 'all' });
    const dying = {
      ...makeWriterPorts(stores),
      clock,
      notices: { putOnce: () => Promise.reject(new Error('died')) },
    };
    await expect(pauseBranch(dying, ref, trouble, undefined)).rejects.toThrow('died');
    const pause = await stores.pauses.read(ref);
    if (!pause) throw new Error('there is no pause');
    await endPause({ ...makeWriterPorts(stores), clock }, ref, pause);
    await drain();
    expect(logged).toEqual(['all repo.paused', 'all repo.resumed']);
  });
});

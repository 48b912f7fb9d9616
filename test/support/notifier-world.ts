import { onTestFinished } from 'vitest';
import { makeNotifier, type NotifierPorts } from '../../functions/notifier/notifier.ts';
import { messenger } from '../../shared/adapters/notify/messenger.ts';
import type { NotificationMessage } from '../../shared/messages/message.ts';
import { sweep } from '../../shared/messages/sweep.ts';
import type { Delivery } from '../../shared/notification/delivery.ts';
import { announceEndings } from '../../shared/release/announce-endings.ts';
import type { Release } from '../../shared/release/release.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import type { Embedded } from './embedded.ts';
import { readyRelease } from './ready-release.ts';
import { type ScriptedAnswer, type ScriptedServer, scriptedServer } from './scripted-server.ts';
import { makeStores, RESEND, receive, type Stores } from './stores.ts';

/** A GitOps repo that nobody reads. */
export const REPO = { url: 'https://git.example.com/gitops.git', path: '', branch: 'main' };
export const TARGET = { app: 'shop', env: 'staging' };
export const MINUTE = 60_000;
const SECRETS: Readonly<Record<string, string>> = { key: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };

/** The notifier on embedded services, with a real client, and what it is to tell. Its time is the test's. */
export class NotifierWorld {
  now = Date.now();
  stores: Stores;
  /** What the channels of the log were told, as `channel type`. */
  readonly logged: string[] = [];
  readonly givenUp: Delivery[] = [];
  readonly clock = () => this.now;
  readonly #embedded: Embedded;

  constructor(embedded: Embedded) {
    this.#embedded = embedded;
    this.stores = makeStores(embedded);
  }

  /** Channels by the settings, as an operator writes them. */
  setChannels(...notifications: readonly object[]): void {
    const settings = parseSettings(JSON.stringify({ gitops: { repo: REPO.url }, notifications }));
    this.stores = { ...this.stores, settings };
  }

  ports(overrides: Partial<NotifierPorts> = {}): NotifierPorts {
    return {
      ...this.stores,
      channels: this.stores.settings.notifications,
      messenger: messenger({
        secret: async (name) => SECRETS[name],
        log: (channel, { type }) => this.logged.push(`${channel} ${type}`),
        allowLoopback: true,
        timeoutMs: 5_000,
        clock: this.clock,
      }),
      clock: this.clock,
      onGivenUp: (delivery) => this.givenUp.push(delivery),
      ...overrides,
    };
  }

  /** Handles what waits in the queue, and what comes of it; answers how many messages that were. */
  async drain(ports = this.ports()): Promise<number> {
    const notify = makeNotifier(ports);
    for (let handled = 0; ; ) {
      const messages = (await receive(this.#embedded, 'notifications')) as NotificationMessage[];
      if (messages.length === 0) return handled;
      for (const message of messages) await notify(message);
      handled += messages.length;
    }
  }

  /** So much later the sweeper comes by. */
  async sweepLater(ms: number): Promise<void> {
    this.now += ms;
    await sweep(this.stores, { now: this.now, limit: 100, resend: RESEND });
  }

  /** So much later the sweeper comes by, and what it sends is handled. */
  async later(ms: number): Promise<void> {
    await this.sweepLater(ms);
    await this.drain();
  }

  /** Ends a release as the writer does; its word may get lost. */
  async endRelease(options: { readonly lost?: true } = {}): Promise<Release> {
    const { settings, releases, outbox } = this.stores;
    const telling = { channels: settings.notifications, resend: RESEND, clock: this.clock };
    const announcing = announceEndings(releases, options.lost ? telling : { ...telling, outbox });
    const ready = await readyRelease(this.stores, REPO, TARGET);
    const end = { state: 'failed', outcomeReason: 'no', times: { failed: this.now } } as const;
    const ended = await announcing.move(ready, end);
    if (!ended) throw new Error('the release was not ended');
    return ended;
  }
}

/** A server that answers so, or takes everything, until the test ends. */
export async function receiver(...answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
  const server = await scriptedServer(...(answers.length > 0 ? answers : [{ status: 204 }]));
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A channel that calls it. */
export const webhook = (name: string, { url }: { readonly url: string }, fields: object = {}) => ({
  ...{ type: 'webhook', name, url: `${url}/hook?key=canary`, secret: 'key' },
  ...fields,
});

/** Ids of the calls that it got. */
export const idsOf = ({ calls }: ScriptedServer) => calls.map(({ headers }) => headers['webhook-id']);

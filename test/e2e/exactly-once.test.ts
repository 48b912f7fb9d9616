import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { decisionsOf, listReleases, numbered, push } from '../support/api.ts';
import { violations, writtenCommits } from '../support/gitops-oracle.ts';
import { filesOf, fsckStrict, tipOf } from '../support/native-git.ts';
import { startServer } from '../support/started-server.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTest } from '../support/test-folder.ts';

type Server = Pick<LocalSystem, 'url' | 'adminToken' | 'gitopsRepoPath'>;

const LONG = 90_000;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function testSystem(options: Parameters<typeof startTestSystem>[0] = {}) {
  const system = await startTestSystem({
    resendAfterSeconds: 2,
    sweepEverySeconds: 1,
    visibilitySeconds: 5,
    ...options,
  });
  closers.push(() => system.close());
  return system;
}

/** The number that an app's file in the repo has. */
function numberInRepo({ gitopsRepoPath }: Server, app: string): number | undefined {
  const tip = tipOf(gitopsRepoPath, 'main');
  const text = tip === null ? undefined : filesOf(gitopsRepoPath, tip)[`staging/${app}/manifest.yaml`];
  return text === undefined ? undefined : Number(/number: "(\d+)"/.exec(text)?.[1]);
}

/** Waits until every pushed artifact is decided and every release of the apps has ended; answers their states. */
async function settled(server: Server, ids: readonly string[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  await expect
    .poll(
      async () => {
        const decided = await Promise.all(ids.map((id) => decisionsOf(server, id)));
        if (!decided.every(({ complete }) => complete)) return 'deciding';
        const releases = await listReleases(server, 'env=staging&limit=-1');
        for (const { artifactId, state } of releases) states.set(artifactId, state);
        return releases.every(({ terminal }) => terminal) ? 'done' : 'releasing';
      },
      { timeout: LONG, interval: 500 },
    )
    .toBe('done');
  return states;
}

function expectExactlyOnce(server: Server, states: ReadonlyMap<string, string>): void {
  const commits = writtenCommits(server.gitopsRepoPath);
  expect(violations(commits)).toEqual([]);
  const released = [...states].filter(([, state]) => state === 'released').map(([id]) => id);
  expect(commits.map(({ artifactId }) => artifactId).sort()).toEqual(released.sort());
  fsckStrict(server.gitopsRepoPath);
}

describe('kill -9 in the middle of fifty pushes', () => {
  it('loses nothing that was accepted, and writes nothing twice', { timeout: 2 * LONG }, async () => {
    const data = folderForTest();
    const first = await startServer(data);
    const accepted: string[] = [];
    const apps = ['cart', 'shop', 'user', 'mail', 'pay'];
    const pushes = [...Array(50).keys()].map(async (n) => {
      await sleep(n * 40);
      const document = numbered(apps[n % apps.length] as string, n);
      await push(first, document).then(
        ({ id }) => accepted.push(id),
        () => undefined,
      );
    });
    await expect.poll(() => accepted.length, { timeout: LONG, interval: 10 }).toBeGreaterThan(24);
    await first.end('SIGKILL');
    await Promise.all(pushes);

    const second = await startServer(data);
    closers.push(() => second.end('SIGKILL'));
    const states = await settled(second, accepted);
    for (const id of accepted) {
      const { decisions } = await decisionsOf(second, id);
      expect(decisions.map(({ outcome }) => outcome)).toEqual([
        expect.stringMatching(/^(released|superseded)$/),
      ]);
    }
    expectExactlyOnce(second, states);
    for (const app of apps) {
      const newest = Math.max(...(await newestAccepted(second, app)));
      expect(numberInRepo(second, app)).toBe(newest);
    }
  });
});

/** Of an app: the numbers of its artifact with the highest release order, from the API. */
async function newestAccepted(server: Server, app: string): Promise<number[]> {
  const releases = await listReleases(server, `env=staging&app=${app}&limit=-1`);
  const newest = releases.reduce((a, b) => (a.order > b.order ? a : b));
  return [Number(newest.artifactId.split('-').at(-1))];
}

describe('twenty artifacts of one app at once', () => {
  it('end with the one that was accepted last, however they are shuffled', { timeout: LONG }, async () => {
    const system = await testSystem({ faults: { seed: 7 } });
    await system.faults?.set({ shuffle: true, duplicate: 0.3, indexLagMs: 2_000 });
    const documents = [...Array(20).keys()].map((n) => numbered('shop', n));
    await Promise.all(documents.map((document) => push(system, document)));
    const states = await settled(
      system,
      documents.map(({ id }) => String(id)),
    );
    expectExactlyOnce(system, states);
    const last = await lastAccepted(system);
    expect(numberInRepo(system, 'shop')).toBe(last);
  });
});

/** The number of the artifact with the highest order of acceptance: the one that no decision calls superseded by. */
async function lastAccepted(system: LocalSystem): Promise<number> {
  const wins: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const { decisions } = await decisionsOf(system, `shop-${n}`);
    const order = decisions[0]?.conditions.find(({ name }) => name === 'order');
    const [, own] = /^number (\d+)/.exec(order?.saw ?? '') ?? [];
    wins[Number(own)] = n;
  }
  return wins.at(-1) as number;
}

it('sends again what is thrown away in any queue, so that each release arrives', {
  timeout: LONG,
}, async () => {
  const system = await testSystem({ faults: { seed: 1 } });
  const queues = ['events', 'render-requests', 'gitops-writes'] as const;
  for (const [n, queue] of queues.entries()) {
    system.faults?.dropMessage(queue, 1);
    await push(system, numbered('shop', n));
    const states = await settled(system, [`shop-${n}`]);
    expect(states.get(`shop-${n}`)).toBe('released');
    expect(system.faults?.stats().dropped).toBe(n + 1);
    expectExactlyOnce(system, states);
  }
});

describe('a bad day at the cloud', () => {
  it('loses nothing and writes nothing twice', { timeout: 2 * LONG }, async () => {
    const system = await testSystem({ faults: { seed: 42 } });
    await system.faults?.set({
      indexLagMs: 3_000,
      throttle: 0.02,
      loseAnswer: 0.03,
      duplicate: 0.2,
      shuffle: true,
    });
    const apps = ['cart', 'shop', 'user'];
    const documents = [...Array(30).keys()].map((n) => numbered(apps[n % 3] as string, n));
    for (const document of documents) await persistently(() => push(system, document));
    await system.faults?.set({});
    const states = await settled(
      system,
      documents.map(({ id }) => String(id)),
    );
    expectExactlyOnce(system, states);
    for (const [index, app] of apps.entries()) expect(numberInRepo(system, app)).toBe(27 + index);
  });
});

/** As a CI job does: a push that was not answered with success is pushed again. */
async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 10) throw error;
      await sleep(200);
    }
  }
}

import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { acceptArtifact } from '../../shared/artifact/accept-artifact.ts';
import type { Artifact } from '../../shared/artifact/artifact.ts';
import { parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import type { Embedded } from '../support/embedded.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, manifest, markOf, receive, type Stores } from '../support/stores.ts';
import { overriding } from '../support/writer.ts';

let embedded: Embedded;
let stores: Stores;
/** A repository of its own for each test, so that they can share a table. */
let repositoryName: string;
let run: number;
storesForTests((given) => {
  ({ embedded, stores, run } = given);
  repositoryName = `acme/repo-${run}`;
});

function documentOf(n: number, version: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  return artifactDocument({
    id: `${repositoryName}-${n}`,
    version: { repositoryName, sha: `sha${run}x${n}`, branch: 'main', event: 'push', ...version },
    ...rest,
  });
}

describe('accepting an artifact', () => {
  it('stores it whole and wakes the policy', async () => {
    const document = documentOf(1, { message: 'fix it' }, { items: [{ name: 'image', tag: '1' }] });
    const stored = await accept(stores, document);
    expect(await stores.artifacts.get(stored.id)).toEqual(stored);
    expect(stored).toMatchObject({
      version: { message: 'fix it' },
      items: [{ name: 'image', tag: '1' }],
      order: 1,
    });
    expect(await receive(embedded, 'events')).toContainEqual({ type: 'artifact', artifactId: stored.id });
  });

  it('answers the stored one to the same content again, and refuses other content under its id', async () => {
    const stored = await accept(stores, documentOf(1));
    const again = await acceptArtifact({ ...stores, store: stores.artifacts }, parseArtifact(documentOf(1)), {
      now: Date.now() + 5_000,
    });
    expect(again).toEqual({ artifact: stored, created: false });
    await expect(accept(stores, documentOf(1, { message: 'other' }))).rejects.toMatchObject({
      code: 'artifact-differs',
      data: { stored: stored.digest },
    });
  });

  it('lets one of many that push the same at once create it', async () => {
    const ports = { ...stores, store: stores.artifacts };
    const content = parseArtifact(documentOf(1));
    const answers = await Promise.all(
      [...Array(8)].map(() => acceptArtifact(ports, content, { now: Date.now() })),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ artifact }) => artifact.order)).size).toBe(1);
  });

  it('numbers the artifacts of a repository in the order of their acceptance', async () => {
    const orders = [];
    for (const n of [1, 2, 3]) orders.push((await accept(stores, documentOf(n))).order);
    expect(orders).toEqual([1, 2, 3]);
  });

  it('keeps bodies larger than an item', async () => {
    const noise = [...Array(4_000).keys()].map((n) => `${n}${Math.sin(n)}${Math.cos(n)}${Math.tan(n)}`);
    const document = documentOf(
      1,
      {},
      { items: noise.slice(0, 500).map((text, n) => ({ text: noise.slice(n, n + 8).join() + text })) },
    );
    const stored = await accept(stores, document);
    expect(JSON.stringify(stored).length).toBeGreaterThan(200_000);
    expect(await stores.artifacts.get(stored.id)).toEqual(stored);
  });

  it('shows nothing of one whose pusher died before it was complete', async () => {
    const dying = Object.assign(Object.create(stores.table), {
      putNew: () => Promise.reject(new Error('died before META')),
    }) as Stores['table'];
    const { ArtifactStore } = await import('../../shared/adapters/dynamodb/artifact-store.ts');
    const ports = { ...stores, store: new ArtifactStore(dying) };
    await expect(acceptArtifact(ports, parseArtifact(documentOf(1)), { now: Date.now() })).rejects.toThrow(
      'META',
    );
    const id = `${repositoryName}-1`;
    expect(await stores.artifacts.get(id)).toBeUndefined();
    const page = await stores.browser.list(
      { repository: repositoryName, branch: 'main' },
      { limit: 10, offset: 0 },
    );
    expect(page.items).toEqual([]);
    const link = await stores.table.get(keys.artifactLink(id, 'BRANCH'));
    expect(Number(link?.['expiresAt'])).toBeLessThanOrEqual(Date.now() / 1000 + 24 * 60 * 60);
  });

  it('keeps its links for good once it is decided', async () => {
    const stored = await accept(stores, documentOf(1));
    await stores.artifacts.markDecided(stored);
    const link = await stores.table.get(keys.artifactLink(stored.id, 'APP#shop'));
    expect(link).toBeDefined();
    expect(link?.['expiresAt']).toBeUndefined();
    expect(await markOf(stores, keys.artifact(stored.id))).toBeUndefined();
  });

  it('keeps them also when somebody who had begun to push the same gets on only then', async () => {
    const ports = { ...stores, store: overriding(stores.artifacts, { get: slowly }) };
    let stored: Artifact | undefined;
    async function slowly(id: string) {
      if (stored) return stores.artifacts.get(id);
      stored = await accept(stores, documentOf(1));
      await stores.artifacts.markDecided(stored);
      return undefined;
    }
    const slow = await acceptArtifact(ports, parseArtifact(documentOf(1)), { now: Date.now() + 5_000 });
    expect(slow).toEqual({ artifact: stored, created: false });
    const links = ['APP#shop', 'BRANCH'].map((name) =>
      stores.table.get(keys.artifactLink(slow.artifact.id, name)),
    );
    for (const link of await Promise.all(links)) expect(link).not.toHaveProperty('expiresAt');
  });
});

describe('browsing artifacts', () => {
  const ids = async (filter: object, limit = 100) =>
    (await stores.browser.list({ repository: repositoryName, ...filter }, { limit, offset: 0 })).items.map(
      ({ id }) => id.slice(repositoryName.length + 1),
    );

  it('finds them by each of their properties, newest first', async () => {
    const at = Date.now() - 10_000;
    const other = { environments: [manifest(`other-${run}`, 'staging')] };
    await accept(stores, documentOf(1, {}, other), at);
    await accept(stores, documentOf(2, { branch: 'dev' }), at + 1_000);
    await accept(stores, documentOf(3, { tag: 'v1', event: 'tag' }), at + 2_000);
    await accept(stores, documentOf(4, { event: 'pr', sourceBranch: 'feature/x' }), at + 3_000);
    expect(await ids({})).toEqual(['4', '3', '2', '1']);
    expect(await ids({ branch: 'dev' })).toEqual(['2']);
    expect(await ids({ tag: 'v1' })).toEqual(['3']);
    expect(await ids({ event: 'pr' })).toEqual(['4']);
    expect(await ids({ sourceBranch: 'feature/x' })).toEqual(['4']);
    expect(await ids({ shas: [`sha${run}x1`, `sha${run}x3`] })).toEqual(['3', '1']);
    expect(await ids({ since: at + 1_000, until: at + 2_000 })).toEqual(['3', '2']);
    expect(await ids({ app: `other-${run}` })).toEqual(['1']);
    expect(await ids({ app: 'nobody' })).toEqual([]);
  });

  it('pages through all of them across months, each once, while more arrive', async () => {
    const start = Date.parse('2025-12-31T23:59:50Z');
    for (let n = 0; n < 24; n += 1) await accept(stores, documentOf(n), start + n * 1_000);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const bounds = { since: start, until: start + 60_000 };
      const page = await stores.browser.list(bounds, {
        limit: 5,
        offset: 0,
        ...(after !== undefined && { after }),
      });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
      await accept(stores, documentOf(100 + seen.length), start + 50_000 + seen.length);
    } while (after !== undefined);
    expect(seen).toEqual([...Array(24).keys()].reverse().map((n) => `${repositoryName}-${n}`));
  });

  it('leaves out the first ones when an older client asks for an offset', async () => {
    for (const n of [1, 2, 3]) await accept(stores, documentOf(n), Date.now() + n * 1_000);
    const page = await stores.browser.list({ repository: repositoryName }, { limit: 1, offset: 1 });
    expect(page.items.map(({ id }) => id)).toEqual([`${repositoryName}-2`]);
    expect(page.next).toBeDefined();
  });

  it('ends a page at 4 MiB, with at least one artifact in it', async () => {
    const big = 'x'.repeat(1_000_000);
    for (let n = 0; n < 6; n += 1)
      await accept(stores, documentOf(n, {}, { items: [{ big, n: `${n}` }] }), Date.now() + n);
    const page = await stores.browser.list({ repository: repositoryName }, { limit: 100, offset: 0 });
    expect(page.items).toHaveLength(4);
    expect(page.next).toBeDefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PAGE_BYTES, MAX_SCANNED } from '../../shared/contract/page-limits.ts';
import type { ReleaseFilter, ReleasePageRequest } from '../../shared/release/browse-releases.ts';
import { type NewRelease, newRelease, type Release } from '../../shared/release/release.ts';
import { renderMark } from '../../shared/release/release-marks.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { RESEND, type Stores } from '../support/stores.ts';

const START = Date.UTC(2026, 0, 1);
const PAGE: ReleasePageRequest = { limit: 100, offset: 0 };

let stores: Stores;
storesForTests((given) => {
  stores = given.stores;
});

/** Puts release number `n` of an environment into the table, a second after the one before. */
async function stored(env: string, n: number, fields: Partial<NewRelease> = {}): Promise<Release> {
  const made = newRelease(
    {
      id: `rel-${env}-${String(n).padStart(5, '0')}`,
      app: 'shop',
      env,
      change: { kind: 'deploy' },
      artifactId: `shop-${n}`,
      manifestIndex: 0,
      version: { repositoryName: 'acme/shop', sha: `sha${n}`, event: 'push', branch: 'main' },
      cause: 'arrival',
      automatic: true,
      triggeredBy: 'policy',
      reason: 'released: event push matches push',
      order: n,
      location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
      ...fields,
    },
    START + n * 1000,
  );
  await stores.releases.create(made, renderMark(made, 1, START, RESEND));
  return made;
}

async function storedMany(count: number, store: (n: number) => Promise<Release>): Promise<Release[]> {
  const all: Release[] = [];
  for (let from = 0; from < count; from += 50) {
    const numbers = [...Array(Math.min(50, count - from)).keys()].map((n) => from + n);
    all.push(...(await Promise.all(numbers.map(store))));
  }
  return all;
}

/** The ids on each page of a list, to its end. */
async function pages(filter: ReleaseFilter, request: ReleasePageRequest): Promise<string[][]> {
  const found: string[][] = [];
  let after: string | undefined;
  do {
    const page = await stores.releases.browse(filter, { ...request, ...(after !== undefined && { after }) });
    found.push(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe('a list of releases', () => {
  it('has each that is asked for once, in order, however it is paged', async () => {
    const env = 'paged';
    const all = await storedMany(24, (n) => {
      const version = { repositoryName: `acme/${n % 2}`, sha: `sha${n}`, event: 'push' as const };
      return stored(env, n, { app: n % 3 === 0 ? 'cart' : 'shop', version });
    });
    const second = fc.option(fc.integer({ min: -1, max: 25 }), { nil: undefined });
    const asked = fc.record({
      app: fc.constantFrom(undefined, 'shop', 'cart', 'none'),
      repository: fc.constantFrom(undefined, 'acme/0', 'acme/1'),
      since: second,
      until: second,
      limit: fc.integer({ min: 1, max: 30 }),
      oldestFirst: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ app, repository, since, until, limit, oldestFirst }) => {
        const filter: ReleaseFilter = {
          env,
          ...(app !== undefined && { app }),
          ...(repository !== undefined && { repository }),
          ...(since !== undefined && { since: START + since * 1000 }),
          ...(until !== undefined && { until: START + until * 1000 }),
        };
        const wanted = all
          .filter((release) => app === undefined || release.app === app)
          .filter(({ version }) => repository === undefined || version.repositoryName === repository)
          .filter(({ order }) => order >= (since ?? 0) && order <= (until ?? 24))
          .map(({ id }) => id);
        const found = await pages(filter, { limit, offset: 0, oldestFirst });
        expect(found.flat()).toEqual(oldestFirst ? wanted : wanted.toReversed());
        for (const page of found) expect(page.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 15 },
    );
  });

  it('answers an empty page and goes on where a filter finds nothing for long', async () => {
    const env = 'filtered';
    const rare = { repositoryName: 'acme/rare', sha: 'abc', event: 'push' } as const;
    await storedMany(MAX_SCANNED + 2, (n) => stored(env, n, n === 0 ? { version: rare } : {}));
    const found = await pages({ env, repository: rare.repositoryName }, PAGE);
    expect(found).toEqual([[], [`rel-${env}-00000`]]);
  });

  it('ends a page before it is more than Lambda can answer, in bytes', async () => {
    const env = 'heavy';
    const message = '猫'.repeat(100_000);
    const version = { repositoryName: 'acme/shop', sha: 'abc', event: 'push', message } as const;
    const all = await storedMany(30, (n) => stored(env, n, { version }));
    const size = Buffer.byteLength(JSON.stringify(all[0]));
    const found = await pages({ env }, PAGE);
    expect(found.flat()).toEqual(all.map(({ id }) => id).toReversed());
    expect(found[0]).toHaveLength(Math.floor(MAX_PAGE_BYTES / size));
  });
});

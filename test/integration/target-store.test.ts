import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storesForTests } from '../support/services-for-tests.ts';
import type { Stores } from '../support/stores.ts';

let stores: Stores;
let made = 0;

storesForTests((given) => {
  stores = given.stores;
});

function newTarget() {
  made += 1;
  return { app: `app-${made}`, env: 'staging' };
}

const running = (releaseId: string, order: number) => ({
  releaseId,
  artifactId: 'a',
  order,
  tree: null,
  writtenAt: 1,
});

describe('the orders of a target', () => {
  it('never let an older artifact be released automatically after a newer one, in whatever order they are decided', async () => {
    const arrivals = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (artifactOrders) => {
        const target = newTarget();
        const granted: number[] = [];
        for (const artifactOrder of artifactOrders) {
          const answer = await stores.targets.allocateAutomatic(target, 'acme/shop', artifactOrder);
          if (answer.granted) granted.push(artifactOrder);
        }
        expect(granted).toEqual([...granted].sort((a, b) => a - b));
        expect(granted.at(-1)).toBe(Math.max(...artifactOrders));
      }),
      { numRuns: 20 },
    );
  });

  it('are the same when an artifact’s is asked for again, whatever came in between', async () => {
    const target = newTarget();
    const first = await stores.targets.allocateAutomatic(target, 'acme/shop', 7);
    await stores.targets.allocateManual(target, 'acme/other', 1);
    expect(await stores.targets.allocateAutomatic(target, 'acme/shop', 7)).toEqual(first);
  });

  it('are counted for each repository alone', async () => {
    const target = newTarget();
    await stores.targets.allocateAutomatic(target, 'acme/shop', 7);
    expect(await stores.targets.allocateAutomatic(target, 'acme/db', 2)).toEqual({ granted: true, order: 2 });
  });

  it('let what is released by hand outrank all artifacts up to it', async () => {
    const target = newTarget();
    expect(await stores.targets.allocateManual(target, 'acme/shop', 5)).toBe(1);
    const late = await Promise.all(
      [4, 5].map((n) => stores.targets.allocateAutomatic(target, 'acme/shop', n)),
    );
    expect(late).toEqual([
      { granted: false, newestArtifactOrder: 5 },
      { granted: false, newestArtifactOrder: 5 },
    ]);
    expect(await stores.targets.allocateAutomatic(target, 'acme/shop', 6)).toEqual({
      granted: true,
      order: 2,
    });
    expect(await stores.targets.allocateManual(target, 'acme/shop', 1)).toBe(3);
  });

  it('are handed out once each to many at a time', async () => {
    const target = newTarget();
    const orders = await Promise.all(
      [...Array(10)].map(() => stores.targets.allocateManual(target, 'acme/shop', 1)),
    );
    expect([...orders].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('what runs in a target', () => {
  it('is never replaced by something with a lower order', async () => {
    const target = newTarget();
    expect(await stores.targets.recordWritten(target, running('r2', 2))).toBe(true);
    expect(await stores.targets.recordWritten(target, running('r1', 1))).toBe(false);
    expect(await stores.targets.recordWritten(target, running('r2', 2))).toBe(false);
    expect((await stores.targets.get(target)).running?.releaseId).toBe('r2');
  });

  it('is listed with its environment', async () => {
    const target = { ...newTarget(), env: 'listed' };
    await stores.targets.recordWritten(target, running('r', 1));
    expect((await stores.targets.listOf('listed')).map(({ app }) => app)).toEqual([target.app]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthlyCost, type PerArtifact, total } from '../../../bench/cost/cost-table.ts';
import { ALWAYS, PRICES } from '../../../bench/cost/prices.ts';
import { readUnits, storedBytes, writeUnits } from '../../../bench/usage/capacity.ts';
import { itemBytes, type WireItem } from '../../../bench/usage/item-size.ts';
import { NOTHING } from '../../../bench/usage/usage.ts';

const text = (S: string) => ({ S });
const KEY = { pk: text('RELEASE#1'), sk: text('RELEASE') };
/** An item of about so many bytes, with more attributes if wanted. */
const sized = (bytes: number, more: WireItem = {}): WireItem => ({
  ...KEY,
  x: text('x'.repeat(bytes)),
  ...more,
});
const IN_GSI1 = { gsi1pk: text('P'), gsi1sk: text('S') };

describe('the size of an item', () => {
  it('is that of its names and values, by the published rules', () => {
    expect(itemBytes({ a: text('é') })).toBe(1 + 2);
    expect(itemBytes({ n: { N: '-12.5' } })).toBe(1 + 3);
    expect(itemBytes({ b: { B: Buffer.from('abcd').toString('base64') } })).toBe(1 + 4);
    expect(itemBytes({ t: { BOOL: true } })).toBe(2);
    expect(itemBytes({ m: { M: { k: text('v') } } })).toBe(1 + 3 + 2 + 1);
    expect(itemBytes({ l: { L: [text('v'), { NULL: true }] } })).toBe(1 + 3 + (1 + 1) + (1 + 1));
  });
});

describe('write units', () => {
  it('are of a kilobyte each, of the bigger of what was there and what is there now', () => {
    expect(writeUnits(undefined, sized(10))).toBe(1);
    expect(writeUnits(undefined, sized(1_024))).toBe(2);
    expect(writeUnits(sized(3_000), sized(10))).toBe(3);
    expect(writeUnits(sized(10), undefined)).toBe(1);
  });

  it('are paid again for each index that shows the change, twice where its key moves, and not where nothing changes', () => {
    expect(writeUnits(undefined, sized(10, IN_GSI1))).toBe(2);
    expect(writeUnits(sized(10, IN_GSI1), sized(20, IN_GSI1))).toBe(2);
    expect(writeUnits(sized(10, IN_GSI1), sized(10, { ...IN_GSI1, gsi1sk: text('T') }))).toBe(3);
    expect(writeUnits(sized(10, IN_GSI1), sized(10))).toBe(2);
    expect(writeUnits(sized(10, IN_GSI1), sized(10, IN_GSI1))).toBe(1);
  });

  it('are not paid for an index that does not hold what changed', () => {
    const due = { duePk: text('DUE#1'), dueSk: text('1'), mark: { M: {} } };
    expect(writeUnits(sized(10, due), sized(20, due))).toBe(1);
    expect(writeUnits(sized(10, due), sized(10, { ...due, mark: { M: { v: text('2') } } }))).toBe(2);
  });

  it('are never fewer than one, nor fewer for more bytes', () => {
    const bytes = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(writeUnits(undefined, sized(less))).toBeGreaterThanOrEqual(1);
        expect(writeUnits(undefined, sized(more))).toBeGreaterThanOrEqual(writeUnits(undefined, sized(less)));
      }),
    );
  });
});

describe('read units', () => {
  it('are of four kilobytes each, of all that a request reads, half of it when it need not be consistent', () => {
    expect(readUnits([], true)).toBe(1);
    expect(readUnits([sized(10)], false)).toBe(0.5);
    expect(readUnits([sized(3_000), sized(3_000)], true)).toBe(2);
    expect(readUnits([sized(3_000), sized(3_000)], false)).toBe(1);
  });
});

describe('stored bytes', () => {
  it('count what an index holds of an item too', () => {
    const inNone = storedBytes(sized(1_000));
    const inOne = storedBytes(sized(1_000, IN_GSI1));
    expect(inNone).toBe(itemBytes(sized(1_000)) + 100);
    expect(inOne).toBe(2 * (itemBytes(sized(1_000, IN_GSI1)) + 100));
  });
});

const ONE: PerArtifact = {
  usage: {
    ...NOTHING,
    readUnits: 10,
    writeUnits: 20,
    queueRequests: 6,
    fifoRequests: 2,
    functions: { artifacts: { count: 1, ms: 1_000 }, renderer: { count: 1, ms: 1_000 } },
  },
  requests: 2,
  storedBytes: 5_000,
  logBytes: 2_000,
};
const STANDING = { alarms: 30, metrics: 20, dashboards: 1, secrets: 2 };

describe('the cost of a month', () => {
  it('is what was measured times the list price, part by part', () => {
    const parts = Object.fromEntries(
      monthlyCost(1_000_000, ONE, STANDING, 1).map(({ part, dollars }) => [part, dollars]),
    );
    const sweeps = (ALWAYS.sweepReadUnits * ALWAYS.sweeps * PRICES.readUnits) / 1_000_000;
    expect(parts['table: requests']).toBeCloseTo(10 * 0.125 + 20 * 0.625 + sweeps, 6);
    expect(parts['table: storage, with recovery']).toBeCloseTo(5 * 0.45, 6);
    expect(parts['HTTP API']).toBeCloseTo(2, 6);
    // Four queues, one of them FIFO, each asked 15 times a minute.
    const polls = (15 * 60 * 24 * 30 * (3 * 0.4 + 0.5)) / 1_000_000;
    expect(parts['queues']).toBeCloseTo(4 * 0.4 + 2 * 0.5 + polls, 6);
    expect(parts['logs']).toBeCloseTo(2 * 0.53, 6);
    expect(parts['alarms, metrics, dashboard, secrets']).toBeCloseTo(3 + 6 + 3 + 0.8, 6);
    // A second of half a GB on one processor, one of 1,769 MB on the other, and the sweeper.
    const seconds = 1_000_000 * (0.5 * 0.0000133334 + (1769 / 1024) * 0.0000166667);
    expect(parts['functions']).toBeGreaterThan(seconds + 0.4);
    expect(parts['functions']).toBeLessThan(seconds + 0.4 + 0.2);
  });

  it('grows by the same for each artifact, from what stands anyway', () => {
    const at = (artifacts: number) => total(monthlyCost(artifacts, ONE, STANDING, 1));
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (artifacts) => {
        const expected = at(0) + (at(1_000_000) - at(0)) * (artifacts / 1_000_000);
        expect(at(artifacts)).toBeCloseTo(expected, 4);
      }),
    );
  });
});

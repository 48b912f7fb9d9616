import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile } from '../../../bench/git/statistics.ts';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });

describe('the median', () => {
  it('is the middle of an odd number of values, and between the two in the middle of an even one', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 30, 20])).toBe(25);
  });

  it('has as many values below it as above it', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const middle = median(sample);
        const below = sample.filter((value) => value < middle).length;
        const above = sample.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(sample.length / 2);
      }),
    );
  });

  it('of nothing is not a number', () => {
    expect(median([])).toBeNaN();
  });
});

describe('a percentile', () => {
  it('is one of the values', () => {
    expect(percentile([5, 1, 4, 2, 3], 50)).toBe(3);
    expect(percentile([1, 2, 3], 99)).toBe(3);
  });

  it('is exceeded by no more than the rest of the values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 100 }), (sample, percent) => {
        const limit = percentile(sample, percent);
        const exceeding = sample.filter((value) => value > limit).length;
        expect(sample).toContain(limit);
        expect(exceeding).toBeLessThanOrEqual((sample.length * (100 - percent)) / 100);
      }),
    );
  });
});

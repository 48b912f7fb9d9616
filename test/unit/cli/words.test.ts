import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../../cli/client/retry.ts';
import { parseDuration } from '../../../cli/duration.ts';
import { headline, printable } from '../../../cli/output/printable.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['250ms', 250],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 'm', '10 m', '-5m', '1.5h', '5y'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('text of strangers', () => {
  it('can’t move the cursor, change colours, ring the bell or turn the line around', () => {
    expect(printable('a\x1b[2Jb\x07c\u202ed\r\ne\tf')).toBe('a[2Jbcd\ne f');
  });

  it('has no control character but line breaks left, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('is cut to one line of a length', () => {
    expect(headline('\nfirst line\nsecond', 8)).toBe('first l…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const line = headline(text, length);
        expect([...line].length).toBeLessThanOrEqual(length);
        expect(line).not.toContain('\n');
      }),
    );
  });
});

describe('before it tries again', () => {
  const now = Date.parse('2026-01-31T10:00:00Z');

  it.each([
    ['3', 3000],
    ['Sat, 31 Jan 2026 10:00:07 GMT', 7000],
    ['Sat, 31 Jan 2026 09:00:00 GMT', 0],
    ['86400', 30_000],
  ])('waits as Retry-After %j says, within reason', (retryAfter, ms) => {
    expect(retryDelay(retryAfter, 1, now)).toBe(ms);
  });

  it('waits longer each time when nothing is said, or nonsense', () => {
    const delays = [1, 2, 3, 4].map((attempt) => retryDelay(attempt % 2 ? null : 'soon', attempt, now));
    expect(delays).toEqual([500, 1000, 2000, 4000]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CONTROLS, passGates } from '../../../shared/policy/gates.ts';
import { freeAgainAt, type ReleaseRate, releaseShareMs } from '../../../shared/policy/release-rate.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-30T12:00:00Z');

/** Times at which automation releases, of those at which it would like to. */
function released(perHour: number, wanted: readonly number[]): number[] {
  const times: number[] = [];
  let rate: ReleaseRate = { perHour };
  for (const now of wanted) {
    if (freeAgainAt(rate, now) !== undefined) continue;
    times.push(now);
    rate = { perHour, takenUntil: Math.max(rate.takenUntil ?? 0, now) + releaseShareMs(rate) };
  }
  return times;
}

const rates = fc.integer({ min: 1, max: 60 });
/** In any order of magnitude: from many in a second to one in hours. */
const gaps = fc.array(fc.oneof(fc.nat({ max: 1_000 }), fc.nat({ max: 600_000 }), fc.nat({ max: 3 * HOUR })), {
  maxLength: 150,
});
const timesOf = (between: readonly number[]) => {
  let now = NOW;
  return between.map((gap) => {
    now += gap;
    return now;
  });
};

describe('the rate of a target', () => {
  it('lets so many through at once, and as many again in each hour: a loop does not get beyond', () => {
    fc.assert(
      fc.property(rates, gaps, (perHour, between) => {
        const times = released(perHour, timesOf(between));
        for (const [index, start] of times.entries()) {
          for (const hours of [1, 2, 5]) {
            const count = times.slice(index).filter((time) => time < start + hours * HOUR).length;
            expect(count).toBeLessThanOrEqual(perHour * (1 + hours));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('saves nothing up: after a quiet time it is as many at once as ever', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: HOUR, max: 1_000 * HOUR }), (perHour, quiet) => {
        const burst = (at: number) => Array.from({ length: 2 * perHour }, () => at);
        const times = released(perHour, [...burst(NOW), ...burst(NOW + quiet)]);
        expect(times.filter((time) => time === NOW)).toHaveLength(perHour);
        expect(times.filter((time) => time > NOW)).toHaveLength(perHour);
      }),
      { numRuns: 100 },
    );
  });

  it('says when the next is free, and it is free then', () => {
    fc.assert(
      fc.property(rates, fc.nat({ max: 2 * HOUR }), (perHour, taken) => {
        const rate = { perHour, takenUntil: NOW + taken };
        const at = freeAgainAt(rate, NOW);
        if (at === undefined) return;
        expect(freeAgainAt(rate, at - 1)).toBe(at);
        expect(freeAgainAt(rate, at)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('binds automation only', () => {
    const facts = { app: 'shop', branch: 'main', hold: undefined, controls: NO_CONTROLS, now: NOW };
    const rate = { perHour: 2, takenUntil: NOW + HOUR };
    const until = NOW + HOUR / 2;
    expect(passGates({ ...facts, automatic: true, rate })).toMatchObject({
      outcome: 'rateLimited',
      reason: 'automation releases it at most 2 times an hour: the next is free at 2026-11-30T12:30:00.000Z',
      waitsFor: { id: `rate-${until}`, until },
    });
    expect(passGates({ ...facts, automatic: false, rate }).outcome).toBe('open');
  });
});

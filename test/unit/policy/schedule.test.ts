import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWindow } from '../../../shared/policy/freeze.ts';
import { latestStart, scheduleProblem } from '../../../shared/policy/schedule.ts';
import { instantOf, isTimeZone, localMinute } from '../../../shared/policy/zoned-time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
const last = (schedule: string, zone: string, now: string) =>
  iso(latestStart(schedule, zone, at(now), 40 * DAY));

describe('the latest start of a schedule', () => {
  it.each([
    ['0 18 * * fri', 'UTC', '2026-11-22T12:00:00Z', '2026-11-20T18:00:00.000Z'],
    ['0 18 * * 5', 'Europe/Budapest', '2026-11-22T12:00:00Z', '2026-11-20T17:00:00.000Z'],
    ['*/15 * * * *', 'UTC', '2026-11-22T12:14:59Z', '2026-11-22T12:00:00.000Z'],
    ['30 9-17/4 * * mon-fri', 'UTC', '2026-11-20T18:00:00Z', '2026-11-20T17:30:00.000Z'],
    ['0 0 1 * *', 'UTC', '2026-11-22T12:00:00Z', '2026-11-01T00:00:00.000Z'],
    ['0 0 13 * fri', 'UTC', '2026-11-22T12:00:00Z', '2026-11-20T00:00:00.000Z'],
    ['0 12 * * 7', 'UTC', '2026-11-22T12:00:00Z', '2026-11-22T12:00:00.000Z'],
    ['0 0 * jan *', 'UTC', '2026-11-22T12:00:00Z', undefined],
  ])('%s in %s, seen at %s, was %s', (schedule, zone, now, start) => {
    expect(last(schedule, zone, now)).toBe(start);
  });

  it('keeps to the clock on the wall when that is put forward or back', () => {
    expect(last('0 18 * * *', 'Europe/Budapest', '2026-03-28T20:00:00Z')).toBe('2026-03-28T17:00:00.000Z');
    expect(last('0 18 * * *', 'Europe/Budapest', '2026-03-29T20:00:00Z')).toBe('2026-03-29T16:00:00.000Z');
    expect(last('0 18 * * *', 'America/New_York', '2026-11-01T23:30:00Z')).toBe('2026-11-01T23:00:00.000Z');
  });

  it('comes an hour later when its own hour is skipped, and once when it comes twice', () => {
    // Budapest goes from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October 2026.
    expect(last('30 2 * * *', 'Europe/Budapest', '2026-03-29T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
    expect(last('30 2 * * *', 'Europe/Budapest', '2026-10-25T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(last('30 2 * * *', 'Europe/Budapest', '2026-10-25T01:45:00Z')).toBe('2026-10-25T00:30:00.000Z');
    // Lord Howe's clocks move by half an hour.
    expect(last('15 2 * * *', 'Australia/Lord_Howe', '2026-10-04T12:00:00Z')).toBe(
      '2026-10-03T15:45:00.000Z',
    );
  });

  it.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '5-1 * * * *',
    '*/0 * * * *',
    'x * * * *',
  ])('can’t be told of %j', (schedule) => {
    expect(scheduleProblem(schedule)).toContain('schedule');
  });
});

describe('clocks of a time zone', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Budapest',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Apia',
  );
  const instants = fc.integer({
    min: at('2020-01-01T00:00:00Z') / 60_000,
    max: at('2030-01-01T00:00:00Z') / 60_000,
  });

  it('show what an instant was taken from, but for the hour that comes twice', () => {
    fc.assert(
      fc.property(zones, instants, (zone, minutes) => {
        const instant = minutes * 60_000;
        const again = instantOf(localMinute(instant, zone), zone);
        expect(localMinute(again, zone)).toEqual(localMinute(instant, zone));
        expect(instant - again === 0 || instant - again === HOUR).toBe(true);
      }),
    );
  });

  it('are known by their IANA names', () => {
    expect(isTimeZone('Europe/Budapest')).toBe(true);
    expect(isTimeZone('Europe/Nowhere')).toBe(false);
  });
});

describe('a freeze', () => {
  const weekend = {
    schedule: '0 18 * * fri',
    durationMinutes: 62 * 60,
    timeZone: 'Europe/Budapest',
    reason: 'nobody is there',
  };

  it('is open from its start, its end excluded', () => {
    expect(openWindow(weekend, at('2026-11-20T16:59:59Z'))).toBeUndefined();
    expect(openWindow(weekend, at('2026-11-20T17:00:00Z'))?.until).toBe(at('2026-11-23T07:00:00Z'));
    expect(openWindow(weekend, at('2026-11-23T06:59:59Z'))).toBeDefined();
    expect(openWindow(weekend, at('2026-11-23T07:00:00Z'))).toBeUndefined();
  });

  it('lasts as long as it says when clocks are changed meanwhile', () => {
    const spring = openWindow(weekend, at('2026-03-29T12:00:00Z'));
    expect(spring).toEqual({ from: at('2026-03-27T17:00:00Z'), until: at('2026-03-30T07:00:00Z') });
  });

  it('is open exactly where some start is less than its length ago', () => {
    const minutes = fc.integer({ min: 0, max: 14 * 24 * 60 });
    const lengths = fc.integer({ min: 1, max: 3 * 24 * 60 });
    const starts = [0, 7, 14].map((day) => at('2026-11-06T18:00:00Z') + day * DAY);
    fc.assert(
      fc.property(minutes, lengths, (minute, durationMinutes) => {
        const now = at('2026-11-13T00:00:00Z') + minute * 60_000;
        const open = openWindow({ ...weekend, timeZone: 'UTC', durationMinutes }, now);
        const wanted = starts.some((start) => start <= now && now < start + durationMinutes * 60_000);
        expect(open !== undefined).toBe(wanted);
      }),
    );
  });
});

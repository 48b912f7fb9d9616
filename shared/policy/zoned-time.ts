/** A minute on a wall clock; months from 1. */
export interface LocalMinute {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether it is an IANA time zone that this runtime knows. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What clocks in a zone show at an instant (unix milliseconds). */
export function localMinute(at: number, zone: string): LocalMinute {
  const parts = formatOf(zone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  };
}

/**
 * The instant (unix milliseconds) at which clocks in a zone show a minute. One that comes twice is taken the first
 * time; one that is skipped when clocks go forward is as much later as was skipped, as Temporal's `compatible` does.
 */
export function instantOf(local: LocalMinute, zone: string): number {
  const wall = asUtc(local);
  const before = wall - offsetAt(wall - DAY, zone);
  const after = wall - offsetAt(wall + DAY, zone);
  const shown = [before, after].filter((at) => at + offsetAt(at, zone) === wall);
  return shown.length === 0 ? before : Math.min(...shown);
}

/** Milliseconds that clocks in a zone are ahead of UTC at an instant; whole minutes. */
function offsetAt(at: number, zone: string): number {
  return asUtc(localMinute(at, zone)) - Math.floor(at / 60_000) * 60_000;
}

function asUtc({ year, month, day, hour, minute }: LocalMinute): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

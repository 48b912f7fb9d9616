import { InvalidInputError } from '../errors/errors.ts';
import { instantOf, type LocalMinute, localMinute } from './zoned-time.ts';

/** When something begins, as cron says it: `minute hour day-of-month month day-of-week`. */
interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** When both kinds of day are given, either will do (as cron has it). */
  readonly eitherDay: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = 86_400_000;

/** What is wrong with a schedule; undefined when it is right. */
export function scheduleProblem(text: string): string | undefined {
  try {
    parseSchedule(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}

/**
 * The latest start of a schedule at or before `now`, none older than `now - reach` (all unix milliseconds, the start
 * too); undefined when there is none.
 * @throws InvalidInputError `bad-schedule`.
 */
export function latestStart(text: string, zone: string, now: number, reach: number): number | undefined {
  const schedule = parseSchedule(text);
  const days = Math.ceil(reach / DAY) + 1;
  const today = localMinute(now, zone);
  for (let back = 0; back <= days; back += 1) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day - back));
    if (!isOn(schedule, date)) continue;
    const start = startsOf(schedule, date, zone).findLast((at) => at <= now);
    if (start !== undefined) return start > now - reach ? start : undefined;
  }
  return undefined;
}

function isOn({ days, months, weekdays, eitherDay }: Schedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [day, weekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return eitherDay ? day || weekday : day && weekday;
}

/** The starts of one day, in order. */
function startsOf({ hours, minutes }: Schedule, date: Date, zone: string): number[] {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const starts = hours.flatMap((hour) =>
    minutes.map((minute) => instantOf({ year, month, day, hour, minute } satisfies LocalMinute, zone)),
  );
  return starts.sort((a, b) => a - b);
}

function parseSchedule(text: string): Schedule {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw bad(text, 'must have five fields: minute hour day-of-month month day-of-week');
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const weekdays = fieldValues(text, weekday, 0, 7, WEEKDAYS, 0);
  return {
    minutes: fieldValues(text, minute, 0, 59),
    hours: fieldValues(text, hour, 0, 23),
    days: new Set(fieldValues(text, day, 1, 31)),
    months: new Set(fieldValues(text, month, 1, 12, MONTHS, 1)),
    weekdays: new Set(weekdays.map((value) => value % 7)),
    eitherDay: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

/** `*`, `5`, `1-5`, `mon,wed`, `*` and ranges with `/step`. */
function fieldValues(
  text: string,
  field: string,
  low: number,
  high: number,
  names: readonly string[] = [],
  firstName = 0,
): number[] {
  const numberOf = (word: string) => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + firstName : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw bad(text, `'${word}' must be ${low} to ${high}`);
  };
  const values = field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const first = range === '*' ? low : numberOf(from);
    const last = range === '*' ? high : to === undefined ? (step === undefined ? first : high) : numberOf(to);
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw bad(text, `'/${step}' must be a step of 1 or more`);
    if (last < first) throw bad(text, `'${range}' is the wrong way round`);
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

function bad(text: string, problem: string): InvalidInputError {
  return new InvalidInputError('bad-schedule', `the schedule '${text.slice(0, 100)}': ${problem}`);
}

import { latestStart } from './schedule.ts';

/** Nothing is released to an environment while a window of a freeze is open. */
export type Freeze = FixedFreeze | RecurringFreeze;

/** From–to in unix milliseconds, the end excluded. */
interface FixedFreeze {
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

/** Opens when clocks in a zone show what the schedule says, and stays open for so long, whatever clocks do then. */
interface RecurringFreeze {
  /** Five fields, as cron has them. */
  readonly schedule: string;
  readonly durationMinutes: number;
  /** IANA name, `Europe/Budapest`. */
  readonly timeZone: string;
  readonly reason: string;
}

/** An open window; both unix milliseconds, the end excluded. */
export interface FreezeWindow {
  readonly from: number;
  readonly until: number;
}

/** The window of a freeze that is open at `now`. */
export function openWindow(freeze: Freeze, now: number): FreezeWindow | undefined {
  if ('from' in freeze) {
    const { from, until } = freeze;
    return from <= now && now < until ? { from, until } : undefined;
  }
  const length = freeze.durationMinutes * 60_000;
  const from = latestStart(freeze.schedule, freeze.timeZone, now, length);
  return from === undefined ? undefined : { from, until: from + length };
}

/** When a freeze is, in words. */
export function freezeText(freeze: Freeze): string {
  if ('from' in freeze)
    return `${new Date(freeze.from).toISOString()} to ${new Date(freeze.until).toISOString()}`;
  return `${freeze.durationMinutes} min from ${freeze.schedule} (${freeze.timeZone})`;
}

/** How often automation may release to one target, and how much of that is taken. */
export interface ReleaseRate {
  /** So many at once, and again so many in each hour. */
  readonly perHour: number;
  /**
   * When all that was taken is free again, unix milliseconds: each release moves it on by its share of an hour. Absent
   * while nothing was taken.
   */
  readonly takenUntil?: number;
}

const HOUR_MS = 3_600_000;

/** Milliseconds after which what one release takes is free again. */
export function releaseShareMs({ perHour }: Pick<ReleaseRate, 'perHour'>): number {
  return Math.floor(HOUR_MS / perHour);
}

/** When automation may release again, unix milliseconds; undefined when it may now. */
export function freeAgainAt(rate: ReleaseRate, now: number): number | undefined {
  const at = (rate.takenUntil ?? 0) + releaseShareMs(rate) - HOUR_MS;
  return at > now ? at : undefined;
}

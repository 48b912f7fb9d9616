/** Answers that ask for patience: too many requests, and servers that are not there right now. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_WAIT_MS = 30_000;
export const MAX_ATTEMPTS = 5;

export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/**
 * Milliseconds to wait before the next attempt: what Retry-After says (seconds or a date), else longer each time.
 * @param attempt 1 for the first that failed
 */
export function retryDelay(retryAfter: string | null, attempt: number, now: number): number {
  const asked = retryAfter === null ? undefined : askedDelay(retryAfter, now);
  return Math.min(Math.max(asked ?? 250 * 2 ** attempt, 0), LONGEST_WAIT_MS);
}

function askedDelay(retryAfter: string, now: number): number | undefined {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : date - now;
}

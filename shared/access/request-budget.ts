export interface BudgetLedger {
  /**
   * Adds permits to what a caller has taken of a minute, and notes that it was there; answers all that is taken by
   * then. `minute` counts from 1970.
   */
  take(callerId: string, minute: number, permits: number): Promise<number>;
}

export interface RequestBudgetOptions {
  readonly perMinute: number;
  readonly ledger: BudgetLedger;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Told of a ledger that does not answer: its callers are let in. */
  readonly onFailure: (error: unknown) => void;
}

/** Seconds after which a caller may ask again; undefined when it may now. */
export type RequestBudget = (callerId: string) => Promise<number | undefined>;

interface Lease {
  readonly minute: number;
  left: number;
}

const MINUTE_MS = 60_000;
const MOST_KEPT = 1_000;

/**
 * Lets each caller ask so often a minute, however many processes count. Permits are taken from the common ledger a
 * twentieth of the budget at a time, so that there are never more than the budget, at one write for many requests.
 */
export function requestBudget({ perMinute, ledger, clock, onFailure }: RequestBudgetOptions): RequestBudget {
  const share = Math.max(1, Math.floor(perMinute / 20));
  const leases = new Map<string, Lease>();
  const lease = async (callerId: string, minute: number): Promise<Lease> => {
    const kept = leases.get(callerId);
    if (kept && kept.minute === minute && (kept.left > 0 || kept.left === EXHAUSTED)) return kept;
    const taken = await ledger.take(callerId, minute, share);
    const left = Math.min(share, perMinute - (taken - share));
    const fresh = { minute, left: left > 0 ? left : EXHAUSTED };
    if (leases.size >= MOST_KEPT) leases.clear();
    leases.set(callerId, fresh);
    return fresh;
  };
  return async (callerId) => {
    const now = clock();
    const minute = Math.floor(now / MINUTE_MS);
    try {
      const current = await lease(callerId, minute);
      if (current.left === EXHAUSTED) return Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000);
      current.left -= 1;
    } catch (error) {
      onFailure(error);
    }
    return undefined;
  };
}

/** Nothing is left of the minute for anybody: there is no need to ask again. */
const EXHAUSTED = -1;

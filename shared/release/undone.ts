import type { Release } from './release.ts';
import { isWritten } from './release-state.ts';

/** A rollback that was written: its own order, and that of the release whose files it put back. */
export interface PastRollback {
  readonly order: number;
  readonly restores: number;
}

/** As many as a target remembers; of what is older than all of them nothing is said. */
const MOST_ROLLBACKS = 100;

/** The rollbacks of a target with one more, oldest first. */
export function withRollback(rollbacks: readonly PastRollback[], next: PastRollback): PastRollback[] {
  return [...rollbacks, next].slice(-MOST_ROLLBACKS);
}

/**
 * Whether rollbacks have undone a release: what runs does not come after it any more. A rollback undoes what was
 * written between the release that it puts back and itself, other rollbacks as well; what those had undone is then as
 * it was. `rollbacks` oldest first.
 */
export function isUndone(
  rollbacks: readonly PastRollback[],
  { order, state }: Pick<Release, 'order' | 'state'>,
): boolean {
  if (!isWritten(state)) return false;
  let end = Number.POSITIVE_INFINITY;
  for (const rollback of rollbacks.toReversed()) {
    if (rollback.order > end) continue;
    if (order >= rollback.order) return false;
    if (order > rollback.restores) return true;
    end = rollback.restores;
  }
  return false;
}

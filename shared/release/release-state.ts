/** Where a release is in its life. */
export type ReleaseState =
  /** Created; waits for people to approve it. */
  | 'waiting'
  /** Created, or approved; waits for a renderer. */
  | 'queued'
  /** A renderer has it. */
  | 'rendering'
  /** Its files are there; waits for the writer. */
  | 'ready'
  /** The writer has it, and it may already be in the repo. */
  | 'writing'
  /** Committed. */
  | 'released'
  /** The repo is as it asks already: nothing to commit, a success. */
  | 'unchanged'
  /** A newer release of its target took its place before it was written. */
  | 'superseded'
  /** Automation was switched off for its target before it was written. */
  | 'held'
  /** A rule or the input stands in the way; it is not tried again. */
  | 'failed'
  /** Somebody who could have approved it said no. */
  | 'rejected'
  /** Not approved in time, or what was approved is not what is there any more. */
  | 'expired'
  /** Somebody took it back before the writer had it. */
  | 'cancelled';

const MOVES: Readonly<Record<ReleaseState, readonly ReleaseState[]>> = {
  // Another approval; the last one begins it. A rollback or a delete has nothing to be rendered.
  waiting: ['waiting', 'queued', 'ready', 'superseded', 'rejected', 'expired', 'cancelled'],
  // A rollback or a delete, when it is its turn.
  queued: ['rendering', 'ready', 'superseded', 'failed', 'cancelled'],
  rendering: ['rendering', 'ready', 'superseded', 'failed', 'cancelled'],
  // By a push that arrived after the server had refused the next one.
  ready: ['writing', 'released', 'superseded', 'held', 'failed', 'expired', 'cancelled'],
  writing: ['writing', 'ready', 'released', 'unchanged', 'superseded', 'held', 'failed', 'expired'],
  released: [],
  unchanged: [],
  superseded: [],
  held: [],
  failed: [],
  rejected: [],
  expired: [],
  cancelled: [],
};

export function canMove(from: ReleaseState, to: ReleaseState): boolean {
  return MOVES[from].includes(to);
}

/** Whether nothing will happen to a release any more. */
export function isTerminal(state: ReleaseState): boolean {
  return MOVES[state].length === 0;
}

/** Whether its change is in the GitOps repo. */
export function isWritten(state: ReleaseState): boolean {
  return state === 'released' || state === 'unchanged';
}

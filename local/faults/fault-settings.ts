/** What goes wrong between a function and the services, everything off unless set. Probabilities from 0 to 1. */
export interface FaultSettings {
  /**
   * Milliseconds until an index shows a change, drawn for each change: up to this, or between these two. Until then a
   * new item is missing, a changed one old, a removed one still there. Reads of the table itself are untouched.
   */
  readonly indexLagMs?: number | readonly [least: number, most: number];
  /** How often a request is refused as throttled, nothing done; of a batch a part may be left unprocessed instead. */
  readonly throttle?: number;
  /** How often a request is done and its answer is lost: the connection breaks, or it is a 500. */
  readonly loseAnswer?: number;
  /** How often a standard queue delivers a message a second time, even though it was deleted. */
  readonly duplicate?: number;
  /** Standard queues deliver out of order. */
  readonly shuffle?: boolean;
}

/** How often each thing was done to the callers. */
export interface FaultStats {
  throttled: number;
  partlyProcessed: number;
  answersLost: number;
  duplicated: number;
  dropped: number;
  /** Index reads while the index had still to catch up. */
  staleIndexReads: number;
}

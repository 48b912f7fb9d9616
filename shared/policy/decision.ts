import type { Condition } from './condition.ts';
import type { ShutGate } from './gates.ts';

/** What was concluded for an artifact and a target. */
export type DecisionOutcome =
  /** A release was made of it. */
  | 'released'
  /** A release was made of it, which people must approve before it begins. */
  | 'awaitingApproval'
  /** The policy did not ask for it, or there is none. */
  | 'notMatched'
  /** The environment does not take this branch. */
  | 'restricted'
  /** Automation of the target is held. */
  | 'held'
  /** The environment is frozen. */
  | 'frozen'
  /** All automation is held. */
  | 'stopped'
  /** Automation has released to the target as often as it may for now. */
  | 'rateLimited'
  /** A newer artifact of the same repository had been released to the target already. */
  | 'superseded'
  /** The manifest or its policy is not right; the conditions name the field. */
  | 'invalid';

/** A durable, explained conclusion; final for its cause. */
export interface Decision {
  readonly artifactId: string;
  /** As resolved where the policy fired, else as written in the manifest. */
  readonly app: string;
  readonly env: string;
  /** What asked for it: `arrival`, `request:<id>`, `resume:<what it had waited for>`, `promotion:<release>`, `replay:<id>`. */
  readonly cause: string;
  readonly outcome: DecisionOutcome;
  /** Every condition, never only the first that failed. */
  readonly conditions: readonly Condition[];
  /** One sentence for people. */
  readonly sentence: string;
  /** Which policies fired: `manifest` for the manifest's own `deploy`, ids of stored ones. */
  readonly policy?: string;
  /** What it is evaluated again after; of held, frozen, stopped and rate-limited ones. */
  readonly waitsFor?: ShutGate;
  /** Unix milliseconds. */
  readonly decidedAt: number;
  /** What was made of it: with this the release can be created again by whoever comes next. */
  readonly release?: DecidedRelease;
}

export interface DecidedRelease {
  readonly id: string;
  readonly order: number;
  /** It is to be written, whatever comes after it. */
  readonly inLine?: boolean;
  /** Index of the manifest among the artifact's environments. */
  readonly manifestIndex: number;
}

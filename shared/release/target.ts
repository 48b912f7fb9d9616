import type { Notice } from '../notification/notice.ts';
import type { Promotion } from '../policy/evaluate-manifest.ts';
import type { Hold, ShutGate } from '../policy/gates.ts';
import type { PlaceInLine } from './place-in-line.ts';
import type { TargetName } from './release.ts';
import type { PastRollback } from './undone.ts';

/** What a target's record says: what runs, and what the next release of it must know. */
export interface Target extends TargetName {
  /** The highest order given to any release of it. */
  readonly lastOrder: number;
  /** Repository → the order of the newest of its artifacts that was released here. */
  readonly artifactOrders: Readonly<Record<string, number>>;
  readonly hold?: Hold;
  /** Of its automatic releases, where they are limited: when all that they took is free again. Unix milliseconds. */
  readonly automationTakenUntil?: number;
  /** What is in the repo; absent until something was written. */
  readonly running?: RunningRelease;
  /** Oldest first. */
  readonly rollbacks: readonly PastRollback[];
  /** Somebody else has changed its directory since; gone with the next release of it. */
  readonly drift?: Drift;
  /** Repository → the newest of its artifacts that would have been released here, had nothing stood in the way. */
  readonly waiting: Readonly<Record<string, WaitingArtifact>>;
  /** Releases that are each to be written, and took a place for it, as long as they may be open; in no order. */
  readonly line: readonly PlaceInLine[];
  /** What is to be told of it, and was not handed on yet. */
  readonly notices: readonly Notice[];
  /** Grows whenever something wants the target to be looked after. */
  readonly wakeUps: number;
}

/** An artifact that is evaluated again once what it waits for is over. */
export interface WaitingArtifact {
  readonly artifactId: string;
  readonly artifactOrder: number;
  /** Index of the manifest among the artifact's environments. */
  readonly manifestIndex: number;
  readonly waitsFor: ShutGate;
  /** It was not its arrival that asked for it, but this. */
  readonly promotion?: Promotion;
}

export interface RunningRelease {
  readonly releaseId: string;
  readonly artifactId: string;
  readonly order: number;
  /** Absent when the repo was as wanted before we ever wrote to it. */
  readonly commit?: string;
  /** The commit is of an earlier release: this one found all as it wanted it. */
  readonly unchanged?: true;
  /** Where that commit stands among those of its branch. */
  readonly place?: string;
  /** Git tree of the directory, null when it was deleted; absent when it is not known. */
  readonly tree?: string | null;
  /** Unix milliseconds. */
  readonly writtenAt: number;
}

/** What was found in a target's directory that is not what we had written there. */
export interface Drift {
  /** Git tree of the directory as it was found; null when it is gone. */
  readonly tree: string | null;
  /** Unix milliseconds. */
  readonly seenAt: number;
}

/** What became of asking for a place among the automatic releases of a target. */
export type OrderAllocation =
  | { readonly granted: true; readonly order: number }
  /** A newer artifact of the same repository has been there already. */
  | { readonly granted: false; readonly newestArtifactOrder: number }
  /** Others have taken of what its automation may since that was looked at. */
  | { readonly granted: false; readonly automationTakenUntil: number | undefined };

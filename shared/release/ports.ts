import type { Artifact } from '../artifact/artifact.ts';
import type { Mark } from '../messages/mark.ts';
import type { Notice } from '../notification/notice.ts';
import type { Decision } from '../policy/decision.ts';
import type { Controls, Hold } from '../policy/gates.ts';
import type { PlaceInLine } from './place-in-line.ts';
import type { Release, TargetName } from './release.ts';
import type { ReleaseRequest } from './request.ts';
import type { Drift, OrderAllocation, RunningRelease, Target, WaitingArtifact } from './target.ts';
import type { PastRollback } from './undone.ts';

export interface ArtifactReader {
  /** Consistent; undefined when there is none. */
  get(id: string): Promise<Artifact | undefined>;
}

export interface ArrivedArtifacts extends ArtifactReader {
  /** Makes its index entries lasting, and takes its mark away: its decisions and releases exist. */
  markDecided(artifact: Artifact): Promise<void>;
  /** Those of its repository that were accepted before it and are not decided, oldest first. Consistent. */
  undecidedBefore(artifact: Artifact): Promise<readonly UndecidedArtifact[]>;
}

export interface UndecidedArtifact {
  readonly artifactId: string;
  /** How often its decision was asked for. */
  readonly sends: number;
  readonly correlationId?: string;
}

export interface Decisions {
  /**
   * Puts decisions of one artifact and cause, on manifests in a row from `firstIndex` on, but for those that there are;
   * answers what is stored now, from `firstIndex` on: as many, or more when somebody else put more. Those of a cause
   * must be put in a row from the first on, or each on its own.
   */
  putOnce(decisions: readonly Decision[], firstIndex: number): Promise<readonly Decision[]>;
  /** One that was put on its own. */
  find(artifactId: string, cause: string, manifestIndex: number): Promise<Decision | undefined>;
  /** All of a cause, in the order of the manifests; in one read. */
  listOfCause(artifactId: string, cause: string): Promise<readonly Decision[]>;
}

export interface Targets {
  /** Consistent. */
  get(target: TargetName): Promise<Target>;
  /** Consistent; in no particular order, without those that were never written to. */
  getMany(targets: readonly TargetName[]): Promise<Target[]>;
  /**
   * Takes the next order for an automatic release of an artifact, unless a newer artifact of its repository was
   * there; asked again for the same artifact it answers the same order. `rate`: what of its limit that takes.
   */
  allocateAutomatic(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
    rate?: RateShare,
  ): Promise<OrderAllocation>;
  /**
   * Takes the next order for what a person asked for; from then on no artifact that is older than this one is
   * released automatically.
   */
  allocateManual(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
  ): Promise<number>;
  /** Takes the next order for a rollback or a delete: which artifacts were here stays as it is. */
  allocateNext(target: TargetName, place?: PlaceInLine): Promise<number>;
  /**
   * Takes the next order for an artifact that had to wait or is promoted, unless a newer one of its repository was
   * there; asked again it answers another order. `rate`: what of its limit that takes.
   */
  allocateAgain(
    target: TargetName,
    repository: string,
    artifactOrder: number,
    place?: PlaceInLine,
    rate?: RateShare,
  ): Promise<OrderAllocation>;
  /** Gives places in the line back; doing it twice does nothing. */
  leaveLine(target: TargetName, places: readonly PlaceInLine[]): Promise<void>;
  /**
   * Holds automation of the target, in place of the hold that there is. The mark is of a hold that ends by itself, and
   * of a notice, which is kept until it is handed on.
   */
  hold(target: TargetName, hold: Hold, mark?: Mark, notice?: Notice): Promise<void>;
  /** Ends a hold (or puts the one that was there before it in its place); false when it is another one by now. */
  liftHold(target: TargetName, holdId: string, options?: LiftOptions): Promise<boolean>;
  /** Forgets a notice: it was handed on. */
  forgetNotice(target: TargetName, noticeId: string): Promise<void>;
  /** Notes what waits, unless a newer artifact of its repository does, or its waiting for the same was forgotten. */
  wait(target: TargetName, repository: string, waiting: WaitingArtifact, mark: Mark): Promise<WaitOutcome>;
  /** Forgets what waits, unless it is another by now. */
  stopWaiting(target: TargetName, repository: string, waiting: WaitingArtifact): Promise<void>;
  /** Has the target looked after; from now on also whenever something is written to it, if it is promoted from. */
  wake(target: TargetName, mark: Mark, options?: { readonly promotes: true }): Promise<void>;
  /** When it is to be looked after next (undefined: only when something happens), unless something happened since. */
  schedule(target: Target, mark: Mark | undefined, promotes: boolean): Promise<void>;
  /**
   * Records what was written, unless something with a higher order was: false then. With the target's rollbacks where
   * it was one.
   */
  recordWritten(
    target: TargetName,
    running: RunningRelease,
    rollbacks?: readonly PastRollback[],
  ): Promise<boolean>;
}

/** What became of asking to wait. `forgotten`: a person ended that very waiting without a release. */
export type WaitOutcome = 'waits' | 'superseded' | 'forgotten';

/** What an automatic release takes of what a target's automation may; both unix milliseconds. */
export interface RateShare {
  /** Until when all was taken as it was evaluated; it is taken only if that is still so. Absent: nothing ever was. */
  readonly seen?: number;
  readonly until: number;
}

/** Targets whose automation is held, or for which something waits; from an index, so it may lag. */
export interface HeldTargets {
  listHeld(): Promise<Target[]>;
}

export interface LiftOptions {
  readonly previous?: Hold;
  /** What waits is forgotten, and does not wait for the same again. */
  readonly drop?: true;
  /** Has the target looked after. */
  readonly mark?: Mark;
  /** What is to be told; kept until it is handed on. */
  readonly notice?: Notice;
  /** Id of a notice that was not handed on yet, and is not to be: it is lifted only if that is so. */
  readonly unsay?: string;
}

/** Where foreign edits of targets' directories are noted. */
export interface DriftRecords {
  /** All targets of an environment by the names of their apps, those after one; from an index, so it may lag. */
  listOf(env: string, after?: string): Promise<Target[]>;
  /** Notes a drift, or that there is none any more, on condition that `running` is still what is recorded. */
  noteDrift(target: TargetName, running: RunningRelease, drift: Drift | undefined): Promise<boolean>;
}

export interface Releases {
  /** False when it exists already. */
  create(release: Release, mark: Mark): Promise<boolean>;
  /** Consistent. */
  get(id: string): Promise<Release | undefined>;
  /**
   * Writes the next revision of a release on condition that the stored one is `release.revision`, with the mark of
   * what is to happen next (none: nothing). Undefined when somebody else was first.
   */
  move(
    release: Release,
    change: Partial<Release> & Pick<Release, 'state'>,
    mark?: Mark,
  ): Promise<Release | undefined>;
  /** Notes which release a commit carries; doing it twice does nothing. */
  recordCommit(release: Release, written: { readonly commit: string; readonly place: string }): Promise<void>;
}

/** Releases that wait for approval. */
export interface WaitingReleases extends Pick<Releases, 'get' | 'move'> {
  /** Sets when one is looked after next, unless it has gone on. */
  lookAgain(release: Release, mark: Mark): Promise<void>;
}

/** Releases that have ended, and whose end is told. */
export interface EndedReleases {
  /** Consistent. */
  get(id: string): Promise<Release | undefined>;
  /** Takes the mark away that a release has ended with, unless it has gone on. */
  markTold(release: Release): Promise<void>;
}

/** A commit of ours: which release it carries, and where it stands among the commits of its branch. */
export interface CommittedRelease extends TargetName {
  readonly releaseId: string;
  readonly repo: string;
  readonly branch: string;
  readonly place: string;
}

/** What was written, by commit and by target. */
export interface WrittenReleases {
  /** Consistent; undefined when no release of ours is in that commit. */
  findCommit(commit: string): Promise<CommittedRelease | undefined>;
  /** The last release of a target that was written at a place in its branch or before it; from an index. */
  lastWritten(
    target: TargetName,
    at: Pick<CommittedRelease, 'repo' | 'branch' | 'place'>,
  ): Promise<Release | undefined>;
}

export interface Requests {
  /** Puts it unless there is one with its id; answers what is stored now. */
  putOnce(request: ReleaseRequest, mark: Mark): Promise<ReleaseRequest>;
  get(id: string): Promise<ReleaseRequest | undefined>;
  /** Takes its mark away: its releases exist. */
  markExecuted(request: ReleaseRequest): Promise<void>;
}

export interface ControlsReader {
  /** What operators have switched for an environment; consistent. */
  read(env: string): Promise<Controls>;
  /** The same for each of many, in a few reads. */
  readMany(environments: readonly string[]): Promise<ReadonlyMap<string, Controls>>;
}

/** Content-addressed sets of rendered files. */
export interface Bundles {
  /** Answers the digest under which the files are kept. */
  put(files: ReadonlyMap<string, string>): Promise<string>;
  /** @throws TransientError when the digest is not there. */
  get(digest: string): Promise<ReadonlyMap<string, string>>;
}

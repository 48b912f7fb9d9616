import { createHash } from 'node:crypto';
import type { Action } from '../access/actions.ts';
import type { Version } from '../artifact/artifact.ts';
import type { Approval, Person } from './approval.ts';
import type { ReleaseState } from './release-state.ts';
import type { GitOpsLocation } from './settings.ts';

/** One app in one environment. */
export interface TargetName {
  readonly app: string;
  readonly env: string;
}

/** When a release came into each state, unix milliseconds. */
export type ReleaseTimes = Readonly<Partial<Record<ReleaseState, number>>>;

/** What a release does to the directory of its target. */
export type ReleaseChange =
  /** Its manifest is rendered and written. */
  | { readonly kind: 'deploy' }
  /**
   * What an earlier release had written is put back: this very tree, or its files where git has the tree no more;
   * `restores` is the deploy that had written them.
   */
  | { readonly kind: 'rollback'; readonly tree: string; readonly bundle: string; readonly restores: string }
  /** The directory goes. */
  | { readonly kind: 'delete' };

/** What is settled about a release before its life begins. */
export interface NewRelease extends TargetName {
  readonly id: string;
  readonly change: ReleaseChange;
  readonly artifactId: string;
  /** Of the artifact's content, when the release was made; what is rendered must be that. Of a deploy. */
  readonly artifactDigest?: string;
  /** Index of its manifest among the artifact's environments. */
  readonly manifestIndex: number;
  /** Of the artifact, for lists that should not have to read it. */
  readonly version: Version;
  /** `arrival`, `request:<id>`, `resume:<what it had waited for>`, `promotion:<release>`. */
  readonly cause: string;
  /** Place of the artifact among those of its repository; of automatic ones. */
  readonly artifactOrder?: number;
  /** Why freezes don't bind it, when somebody who may has said so. */
  readonly freezeOverride?: string;
  /** Made by a policy; holds and the stopped line bind it. */
  readonly automatic: boolean;
  /** Who or what asked: a person's name, or `policy`. */
  readonly triggeredBy: string;
  /** Who asked for it, and who pushed what a policy releases, by their tokens: they can't approve it. */
  readonly askedBy?: readonly Person[];
  readonly policy?: string;
  /** The decision's sentence. */
  readonly reason: string;
  /** Place among the releases of its target: what has the higher one wins. */
  readonly order: number;
  /** It is to be written, whatever comes after it: the environment kept all when it took its order. */
  readonly inLine?: boolean;
  readonly location: GitOpsLocation;
  readonly correlationId?: string;
  /** When its artifact was accepted, unix milliseconds to the second; of what an arrival released. */
  readonly acceptedAt?: number;
  /** By whose grant of what it is made; looked at again before it is written. */
  readonly authority?: Authority;
}

/** Who is allowed what. */
export interface Authority {
  /** Of a token. */
  readonly callerId: string;
  readonly action: Action;
}

/** One change of one target. */
export interface Release extends NewRelease {
  readonly state: ReleaseState;
  /** Grows by one with every change of this record; each write is conditional on it. */
  readonly revision: number;
  readonly times: ReleaseTimes;
  /** Where people must agree before it begins. */
  readonly approval?: Approval;
  /** How often rendering was begun. */
  readonly attempts: number;
  /** Digest of the rendered files. */
  readonly bundle?: string;
  /** Size of the rendered files together. */
  readonly bundleBytes?: number;
  /** When they were there, unix milliseconds. */
  readonly renderedAt?: number;
  readonly chart?: { readonly name: string; readonly version: string; readonly digest: string };
  /** The commit that carries it (of `unchanged`: the one that already did). */
  readonly commit?: string;
  /** Where its commit stands among those of its branch: the later, the greater, as text. */
  readonly place?: string;
  /** Git tree of its directory as written. */
  readonly tree?: string;
  /** Why it ended as it did, for people; of one that was not written. */
  readonly outcomeReason?: string;
  /** Code of the error of a failed one. */
  readonly errorCode?: string;
  /** What was found in the directory was not what we had written there. */
  readonly drifted?: boolean;
}

/** The id of the release that a cause makes of an artifact for a target: the same however often it is made. */
export function releaseId(artifactId: string, target: TargetName, cause: string): string {
  const text = JSON.stringify([artifactId, target.env, target.app, cause]);
  return `rel-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

/** A release at the start of its life: it waits for the approvals that it needs, else it begins. `now` in unix milliseconds. */
export function newRelease(fields: NewRelease, now: number, approval?: Approval): Release {
  const base = { ...fields, revision: 1, attempts: 0 };
  if (approval) return { ...base, approval, state: 'waiting', times: { waiting: now } };
  return { ...base, ...begun(fields, now) };
}

/** Where a release begins when nobody has to agree any more: a rollback or a delete has only its turn to wait for. */
export function begun(
  { change, inLine }: Pick<NewRelease, 'change' | 'inLine'>,
  now: number,
): Pick<Release, 'state' | 'times'> {
  if (change.kind === 'deploy' || inLine === true) return { state: 'queued', times: { queued: now } };
  return { state: 'ready', times: { queued: now, ready: now } };
}

/** When a release was made, unix milliseconds. */
export function madeAt({ times }: Pick<Release, 'times'>): number {
  return times.waiting ?? times.queued ?? 0;
}

import { builtBranch, type Version } from '../artifact/artifact.ts';
import type { Mark } from '../messages/mark.ts';

/** A branch of a source repository. */
export interface BranchName {
  readonly repository: string;
  readonly branch: string;
}

/** What is known of a branch: that it was deleted, or when it last had an artifact with a preview. */
export interface BranchRecord extends BranchName {
  /** Unix milliseconds. For 30 days artifacts of it that come late release nothing. */
  readonly deletedAt?: number;
  /** Unix milliseconds. */
  readonly lastPreviewAt?: number;
  /** Grows with every change. */
  readonly wakeUps: number;
}

export interface Branches {
  /** Consistent; undefined when nothing is known of it. */
  get(name: BranchName): Promise<BranchRecord | undefined>;
  markDeleted(name: BranchName, at: number, mark: Mark): Promise<void>;
  markCreated(name: BranchName): Promise<void>;
  /** An artifact of it has a preview; of a deleted branch nothing is noted. */
  notePreview(name: BranchName, at: number, mark: Mark): Promise<void>;
  /** When it is to be looked after next (undefined: never), unless something happened since. */
  schedule(record: BranchRecord, mark: Mark | undefined): Promise<void>;
}

/** How long late artifacts of a deleted branch are turned away. */
export const TOMBSTONE_MS = 30 * 86_400_000;

/** The branch whose deletion concerns a version: a tag stays what it is without the branch that it was made on. */
export function sourceBranch(version: Version): BranchName | undefined {
  const branch = version.event === 'tag' ? undefined : builtBranch(version);
  return branch === undefined ? undefined : { repository: version.repositoryName, branch };
}

/** Has a branch looked after at `dueAt`; both in unix milliseconds. */
export function branchMark({ repository, branch }: BranchName, dueAt: number, now: number): Mark {
  return { queue: 'events', message: { type: 'branch', repository, branch }, version: now, sends: 0, dueAt };
}

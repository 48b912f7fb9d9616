import type { GitEvent } from '../manifest/manifest-schema.ts';
import { type Artifact, builtBranch, type Version } from './artifact.ts';

/** What to look for; every field that is there must match. */
export interface ArtifactFilter {
  readonly app?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly sourceBranch?: string;
  /** The branch that was built: of pull requests the one that they come from. */
  readonly builtBranch?: string;
  readonly tag?: string;
  readonly event?: GitEvent;
  /** Any of these. */
  readonly shas?: readonly string[];
  /** Unix milliseconds of receipt, both included. */
  readonly since?: number;
  readonly until?: number;
  /** What whoever asks may look at; everything unless given. */
  readonly visible?: (artifact: Artifact) => boolean;
}

export interface PageRequest {
  readonly limit: number;
  /** Items to leave out first; for older clients. */
  readonly offset: number;
  /** Goes on after this item. */
  readonly after?: string;
}

/** Newest first. `next` is there when there may be more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface ArtifactBrowser {
  list(filter: ArtifactFilter, page: PageRequest): Promise<Page<Artifact>>;
}

/** Whether a version is one that a filter looks for, apart from app and time. */
export function matchesVersion(filter: ArtifactFilter, version: Version): boolean {
  const equal = (wanted: string | undefined, seen: string | undefined) =>
    wanted === undefined || wanted === seen;
  return (
    equal(filter.repository, version.repositoryName) &&
    equal(filter.branch, version.branch) &&
    equal(filter.sourceBranch, version.sourceBranch) &&
    equal(filter.builtBranch, builtBranch(version)) &&
    equal(filter.tag, version.tag) &&
    equal(filter.event, version.event) &&
    (filter.shas === undefined || filter.shas.includes(version.sha))
  );
}

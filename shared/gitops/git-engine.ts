/** A git object id: 40 lower-case hex digits (SHA-1 repositories only). */
export type Oid = string;

/** A branch of a GitOps repo. The credential is the engine's own business and is never part of the URL. */
export interface BranchRef {
  readonly url: string;
  readonly branch: string;
}

export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
}

/** What an app's directory is to become. Directories are replaced as a whole; nothing outside is touched. */
export type DirectoryContent =
  /** Exactly these files: path inside the directory (`/`-separated) → bytes. Mode 100644. */
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, Uint8Array> }
  /** Exactly this tree, which the server is believed to have; `files` are written if it has it no more. */
  | { readonly kind: 'tree'; readonly tree: Oid; readonly files?: ReadonlyMap<string, Uint8Array> }
  /** Nothing: the directory goes, and so does a parent that is empty then. */
  | { readonly kind: 'absent' };

/** One commit to be: one directory, one message. */
export interface Edit {
  /** From the root of the repo, e.g. `staging/myapp`. */
  readonly directory: string;
  readonly content: DirectoryContent;
  /** The whole commit message, subject and trailers, ending in one newline. */
  readonly message: string;
  readonly identity: CommitIdentity;
  /** Unix seconds (UTC). The engine raises it to the parent's time where it would go back. */
  readonly time: number;
}

/** What became of an edit when it was planned; `tree` is the directory's tree after it, null when absent. */
export type PlannedEdit =
  | {
      readonly outcome: 'commit';
      readonly commit: Oid;
      readonly tree: Oid | null;
      readonly previousTree: Oid | null;
    }
  /** The directory is already so: no commit is made. */
  | { readonly outcome: 'unchanged'; readonly tree: Oid | null; readonly previousTree: Oid | null }
  /** This edit can never be written (a symlink where the directory should be, a path git refuses). */
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string };

/** A chain of commits on `base`, all ids known, not yet sent. `tip` equals `base` when nothing changes. */
export interface Plan {
  readonly base: Oid | null;
  readonly tip: Oid | null;
  /** One for each edit, in the order given. */
  readonly edits: readonly PlannedEdit[];
}

export type PushOutcome =
  /** The server says the branch is at `plan.tip` now. */
  | { readonly outcome: 'pushed' }
  /** The branch is not at `plan.base` any more: read what is new and plan again. */
  | { readonly outcome: 'moved' }
  /**
   * The branch is where it was and the server refuses us, in its own words. With `objects` it could not take what
   * was sent (a check of its own, an object it lacks), so that a smaller push may pass; else it does not want us.
   */
  | { readonly outcome: 'refused'; readonly reason: string; readonly objects?: true }
  /** No answer was seen: the push may or may not have been taken. Scan before doing anything else. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export interface CommitRecord {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
}

export interface HistoryScan {
  /** Newest first; all commits reachable from the tip and not from `since`. */
  readonly commits: readonly CommitRecord[];
  /** False when `since` was not found within `limit` commits: after a force push, or too far back. */
  readonly reached: boolean;
}

/**
 * One branch of one repo, as the writer needs it. Implementations keep what they like between calls, and may be
 * told at any time that it is stale. All methods may throw `TransientError` (unreachable, timed out; `data` has
 * `retryAfterSeconds` where the server said so) or `GitRefusedError` (credential, permission, no such repo). The
 * codes of all errors that come from the repo begin with `git-`.
 */
export interface GitBranch {
  /** The commit that the branch is at: as remembered, or, when `fresh`, as the server says now. Null: no such branch yet. */
  tip(options: { readonly fresh: boolean }): Promise<Oid | null>;
  /** Builds a commit for each edit that changes something, each on the one before, on the remembered tip. Sends nothing. */
  plan(edits: readonly Edit[]): Promise<Plan>;
  /** Sends a plan as a compare-and-swap from `plan.base` to `plan.tip`; never forces. After `pushed` the remembered tip is `plan.tip`. */
  push(plan: Plan): Promise<PushOutcome>;
  /** The directories in a directory (`''`: the root) at the remembered tip: name → tree. Empty when there is none. */
  directories(path: string): Promise<ReadonlyMap<string, Oid>>;
  /** What was committed since a commit (null: since the beginning), up to the remembered tip. */
  commitsSince(since: Oid | null, limit: number): Promise<HistoryScan>;
}

/** Opens branches; the port that the writer's use case asks for. */
export interface GitEngine {
  open(ref: BranchRef): Promise<GitBranch>;
}

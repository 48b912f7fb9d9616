import type { Action } from './actions.ts';
import type { Role } from './roles.ts';
import type { CiIdentity } from './trust/ci-identity.ts';
import type { Refusal } from './trust/refusal.ts';

/** What somebody may do, and where; each dimension that a resource has must be covered by the same grant. */
export interface Grant {
  /** Actions, or roles, which stand for theirs. */
  readonly actions: readonly (Action | Role)[];
  /** Globs of apps, and teams (`team:payments`), which stand for the apps that they own at that time. */
  readonly apps: readonly string[];
  /**
   * Globs of environments. A protected environment is covered by its own name only, or by `**`, which is every
   * environment, the protected ones among them.
   */
  readonly environments: readonly string[];
  /** Globs of source repositories. */
  readonly repositories: readonly string[];
  /** Only what is of one of these artifacts. */
  readonly artifacts?: readonly string[];
}

/** Somebody whose credential was found to be right. */
export interface Caller {
  /** `token`: who holds an API token; `workload`: a CI job that showed who it is by its own identity. */
  readonly kind: 'token' | 'workload';
  /** Of the token, or of what is trusted; stays the same when the credential is renewed. */
  readonly id: string;
  /** What goes into records. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** What a CI job's own identity says of it: it pushes what it has built, and nothing else. */
  readonly identity?: CiIdentity;
}

/** Who calls. `none` is a caller without a valid credential; `refusal` says what is wrong with it, where that is known. */
export type Principal = { readonly kind: 'none'; readonly refusal?: Refusal } | Caller;

export const NOBODY: Principal = { kind: 'none' };

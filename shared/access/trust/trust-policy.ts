import type { Action } from '../actions.ts';
import type { Role } from '../roles.ts';
import type { CiProvider } from './ci-identity.ts';

/** Which jobs of a CI system are let in without a secret, and what they may do. All of it must hold. */
export interface TrustPolicy {
  /** What people call it; `[a-z0-9-]`. */
  readonly name: string;
  readonly provider: CiProvider;
  /** Exactly as the token has it. */
  readonly issuer: string;
  /** Whom the token must be for: this server, by its URL. */
  readonly audience: string;
  /** `owner/repo` when it was written: for people, and to tell a recycled name. The numbers decide. */
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  /** The file that defines the job, at the very ref that is built. */
  readonly workflow: string;
  /** Globs of fully qualified refs. */
  readonly refs: readonly string[];
  /** What may start the job, in CI's own words. */
  readonly events: readonly string[];
  /** The deployment environment that the job must run in. */
  readonly environment?: string;
  /** What is granted: for these apps, of this repository. */
  readonly actions: readonly (Action | Role)[];
  readonly apps: readonly string[];
  readonly environments: readonly string[];
}

export interface StoredTrust extends TrustPolicy {
  /** Counts the changes of it, from 1. */
  readonly version: number;
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly changedAt: number;
}

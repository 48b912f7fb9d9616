/** What CI's identity provider says of the job that asks: read from the claims of its token, and from nothing else. */
export interface CiIdentity {
  readonly issuer: string;
  readonly audience: string;
  /** The token's own id: unique with the issuer. */
  readonly tokenId: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** `owner/repo`, as it is called today. */
  readonly repository: string;
  /** Numbers that are never given to another repository or owner. */
  readonly repositoryId: string;
  readonly ownerId: string;
  /** What started the job, in CI's own word: `push`, `pull_request`, `merge_request_event`, … */
  readonly event: string;
  /** Fully qualified: `refs/heads/main`, `refs/tags/v1`, `refs/pull/5/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** Where the job's definition lies, and at which ref of it; absent when it is in another repository. */
  readonly workflow?: { readonly path: string; readonly ref: string };
  /** The deployment environment that the job runs in, whose protection rules it has passed. */
  readonly environment?: string;
  /** What was built, in our words. */
  readonly built:
    | { readonly event: 'push'; readonly branch: string }
    | { readonly event: 'tag'; readonly tag: string }
    | { readonly event: 'pr'; readonly branch: string; readonly targetBranch?: string };
}

/** Whose claims are read. */
export const CI_PROVIDERS = ['github', 'gitlab'] as const;
export type CiProvider = (typeof CI_PROVIDERS)[number];

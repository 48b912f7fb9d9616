/** What a git server knows us by. */
export interface GitCredential {
  /** Most hosts ignore it beside a token. */
  readonly username: string;
  readonly password: string;
}

export interface CredentialRequest {
  /** Of the repo, without a credential. */
  readonly url: string;
  /** What was sent, and the server did not take: a new one is asked for. */
  readonly refused?: GitCredential;
}

/**
 * Asked before every request to a git server, so that what expires is renewed in time. Undefined sends none; after
 * `refused`, that there is no other.
 * @throws GimletdError with a code that begins with `git-`: retryable when it may pass, else the repo is paused.
 */
export type GitCredentials = (request: CredentialRequest) => Promise<GitCredential | undefined>;

/** The name that git hosts take beside a token. */
export const TOKEN_USERNAME = 'x-access-token';

export const NO_CREDENTIALS: GitCredentials = () => Promise.resolve(undefined);

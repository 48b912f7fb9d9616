import { learnSecret } from '../../errors/redact.ts';
import { type GitCredential, type GitCredentials, TOKEN_USERNAME } from '../../gitops/git-credentials.ts';
import { type GitHubApp, storedCredential } from './credential-document.ts';
import type { InstallationToken } from './installation-token.ts';

export interface SecretGitCredentialsOptions {
  /** The secret's text, which may be some time old; `fresh`: as it is stored now. */
  readonly secret: (options: { readonly fresh: boolean }) => Promise<string>;
  readonly fetch: typeof fetch;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** A push may take minutes: a token that would end meanwhile is not begun with. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Git credentials from the secret store: tokens as they are stored, and tokens that a GitHub App is given for one
 * repo, kept in memory until they are about to expire. What a server refuses is read, or asked for, anew.
 */
export function secretGitCredentials(options: SecretGitCredentialsOptions): GitCredentials {
  const issued = new Map<string, { readonly app: GitHubApp; readonly token: InstallationToken }>();

  const tokenOf = async (app: GitHubApp, url: string): Promise<string> => {
    const kept = issued.get(url);
    const lasts = kept !== undefined && kept.token.expiresAt - options.clock() > RENEW_BEFORE_MS;
    if (lasts && isSameApp(kept.app, app)) return kept.token.token;
    // What makes these tokens is loaded by those only who have a GitHub App.
    const { issueInstallationToken } = await import('./installation-token.ts');
    const token = await issueInstallationToken(app, url, options);
    learnCredential({ username: TOKEN_USERNAME, password: token.token });
    issued.set(url, { app, token });
    return token.token;
  };

  return async ({ url, refused }) => {
    if (issued.get(url)?.token.token === refused?.password) issued.delete(url);
    const stored = storedCredential(
      await options.secret({ fresh: refused !== undefined }),
      new URL(url).host,
    );
    if (stored === undefined) return undefined;
    const credential =
      stored.type === 'token'
        ? { username: stored.username, password: stored.token }
        : { username: TOKEN_USERNAME, password: await tokenOf(stored, url) };
    learnCredential(credential);
    return credential.password === refused?.password ? undefined : credential;
  };
}

/** Whoever echoes it, or the header that it is sent in: it is masked. */
function learnCredential({ username, password }: GitCredential): void {
  learnSecret(password);
  learnSecret(`${username}:${password}`);
}

function isSameApp(a: GitHubApp, b: GitHubApp): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

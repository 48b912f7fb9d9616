import { timingSafeEqual } from 'node:crypto';
import type { ApiToken } from './api-token.ts';
import type { Authenticator } from './authenticate.ts';
import { type Caller, NOBODY, type Principal } from './principal.ts';
import { hashSecret, parseToken } from './token-text.ts';

export interface TokenAuthenticatorOptions {
  /** Consistent; undefined when there is none. */
  readonly find: (id: string) => Promise<ApiToken | undefined>;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** What is kept is not asked for again for so long; while the table does not answer, twice as long. */
const KEEP_MS = 25_000;
const MOST_KEPT = 1_000;

/** Knows API tokens. What was found is kept for a while, also that there is none. */
export function tokenAuthenticator({ find, clock }: TokenAuthenticatorOptions): Authenticator {
  const known = new Map<string, { readonly token: ApiToken | undefined; readonly until: number }>();
  const look = async (id: string): Promise<ApiToken | undefined> => {
    const kept = known.get(id);
    if (kept && kept.until > clock()) return kept.token;
    let token: ApiToken | undefined;
    try {
      token = await find(id);
    } catch (error) {
      if (kept && kept.until + KEEP_MS > clock()) return kept.token;
      throw error;
    }
    if (known.size >= MOST_KEPT) known.clear();
    known.set(id, { token, until: clock() + KEEP_MS });
    return token;
  };
  return async (credential) => {
    if (!credential.startsWith('gmt_')) return undefined;
    const parts = parseToken(credential);
    if (!parts) return NOBODY;
    return identify(await look(parts.id), parts.secret, clock());
  };
}

/** Who holds a secret of a token. Secrets are compared by their hashes, in constant time. */
function identify(token: ApiToken | undefined, secret: string, now: number): Principal {
  if (!token || token.revokedAt !== undefined) return NOBODY;
  const sent = Buffer.from(hashSecret(secret), 'hex');
  const isTheirs = token.secrets.some(
    ({ hash, expiresAt }) => expiresAt > now && timingSafeEqual(sent, Buffer.from(hash, 'hex')),
  );
  return isTheirs ? callerOf(token) : NOBODY;
}

function callerOf({ id, name, grants }: ApiToken): Caller {
  return { kind: 'token', id, name, grants };
}

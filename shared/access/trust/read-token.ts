import { createHash } from 'node:crypto';
import type { Authenticator } from '../authenticate.ts';
import { EVERY_ENVIRONMENT } from '../grant-covers.ts';
import { type Caller, NOBODY } from '../principal.ts';

/** How long a job may follow what it has pushed. */
const READ_TOKEN_MS = 60 * 60_000;

export interface ReadToken {
  readonly artifactId: string;
  /** Who it was given to. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

export interface ReadTokens {
  /** By the token's hash; undefined when there is none, or it has expired. Consistent. */
  get(hash: string): Promise<ReadToken | undefined>;
  put(hash: string, token: ReadToken): Promise<void>;
}

const READ_TOKEN = /^gmr_[\w-]{43}$/;

/** What a read token is kept and found by: the token itself is stored nowhere. */
function readTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * A token that reads one artifact and its releases, for an hour: what a job without a secret follows its push with.
 * `random` are 32 bytes that nobody can guess; `now` in unix milliseconds.
 */
export async function issueReadToken(
  tokens: ReadTokens,
  { name }: Pick<Caller, 'name'>,
  artifactId: string,
  { random, now }: { readonly random: Buffer; readonly now: number },
): Promise<string> {
  const token = `gmr_${random.toString('base64url')}`;
  await tokens.put(readTokenHash(token), { artifactId, name, expiresAt: now + READ_TOKEN_MS });
  return token;
}

/** Knows read tokens; what else is sent is not of its kind. */
export function readTokenAuthenticator(tokens: Pick<ReadTokens, 'get'>, clock: () => number): Authenticator {
  return async (credential) => {
    if (!READ_TOKEN.test(credential)) return undefined;
    const hash = readTokenHash(credential);
    const found = await tokens.get(hash);
    if (!found || found.expiresAt <= clock()) return NOBODY;
    const grant = {
      actions: ['artifact:read', 'release:read'],
      apps: ['*'],
      environments: [EVERY_ENVIRONMENT],
      repositories: ['*'],
      artifacts: [found.artifactId],
    } as const;
    return { kind: 'workload', id: `read/${hash.slice(0, 16)}`, name: found.name, grants: [grant] };
  };
}

import { ConflictError, NotFoundError } from '../errors/errors.ts';
import { type ApiToken, DEFAULT_TOKEN_AGE_MS, tokenExpiry, tokenState } from './api-token.ts';
import type { Grant } from './principal.ts';
import { formatToken, hashSecret, newSecret, newTokenParts } from './token-text.ts';

export interface Tokens {
  /** False when there is one with its id. */
  create(token: ApiToken): Promise<boolean>;
  /** Consistent; undefined when there is none. */
  get(id: string): Promise<ApiToken | undefined>;
  /** False when it is not the revision that was seen any more. */
  replace(seen: ApiToken, next: ApiToken): Promise<boolean>;
  /** From an index, so it may lag. */
  list(): Promise<ApiToken[]>;
}

export interface TokenPorts {
  readonly tokens: Tokens;
  readonly random: (bytes: number) => Uint8Array;
}

export interface TokenContext {
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** A token with what its holder is given: it is told once, and kept by nobody. */
export interface IssuedToken {
  readonly token: ApiToken;
  readonly text: string;
}

export interface TokenOrder {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly ageMs?: number;
}

const ATTEMPTS = 5;

/** Makes a token. Asked twice, it makes two: what is not known to anybody can be revoked. */
export async function createToken(
  { tokens, random }: TokenPorts,
  { name, grants, ageMs = DEFAULT_TOKEN_AGE_MS }: TokenOrder,
  { changedBy, now }: TokenContext,
): Promise<IssuedToken> {
  const parts = newTokenParts(random);
  const token: ApiToken = {
    id: parts.id,
    name,
    grants,
    secrets: [{ hash: hashSecret(parts.secret), expiresAt: now + ageMs }],
    createdAt: now,
    createdBy: changedBy,
    revision: 1,
  };
  if (!(await tokens.create(token))) throw new Error(`token ${token.id} exists already`);
  return { token, text: formatToken(parts) };
}

/**
 * Gives a token another secret; the one before goes on for a while, so that it can be replaced wherever it is used.
 * @throws NotFoundError `token-not-found`; ConflictError `token-ended` when it is revoked or has expired.
 */
export async function rotateToken(
  { tokens, random }: TokenPorts,
  id: string,
  { overlapMs, ageMs = DEFAULT_TOKEN_AGE_MS }: { readonly overlapMs: number; readonly ageMs?: number },
  { now }: TokenContext,
): Promise<IssuedToken> {
  const secret = newSecret(random);
  const token = await change(tokens, id, (seen) => {
    const state = tokenState(seen, now);
    if (state !== 'active') {
      throw new ConflictError('token-ended', `Token '${id}' is ${state}: make a new one instead.`);
    }
    const [newest] = seen.secrets;
    const before = newest ? [{ ...newest, expiresAt: Math.min(newest.expiresAt, now + overlapMs) }] : [];
    return { ...seen, secrets: [{ hash: hashSecret(secret), expiresAt: now + ageMs }, ...before] };
  });
  return { token, text: formatToken({ id, secret }) };
}

/**
 * Ends a token, for good; authorizers let it in for half a minute more at most. Ending it twice is ending it once.
 * @throws NotFoundError `token-not-found`
 */
export function revokeToken(
  { tokens }: Pick<TokenPorts, 'tokens'>,
  id: string,
  { changedBy, now }: TokenContext,
): Promise<ApiToken> {
  return change(tokens, id, (seen) =>
    seen.revokedAt === undefined ? { ...seen, revokedAt: now, revokedBy: changedBy } : seen,
  );
}

async function change(tokens: Tokens, id: string, next: (seen: ApiToken) => ApiToken): Promise<ApiToken> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const seen = await tokens.get(id);
    if (!seen)
      throw new NotFoundError(
        'token-not-found',
        `There is no token '${id}'. \`gimlet admin token list\` shows them.`,
      );
    const changed = next(seen);
    if (changed === seen) return seen;
    const replaced = { ...changed, revision: seen.revision + 1 };
    if (await tokens.replace(seen, replaced)) return replaced;
  }
  throw new ConflictError('token-busy', `Token '${id}' is being changed by somebody else: try again.`);
}

/** The newest first. */
export async function listTokens({ tokens }: Pick<TokenPorts, 'tokens'>): Promise<ApiToken[]> {
  return (await tokens.list()).toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}

/** Unix seconds after which nobody asks for it any more. */
export function forgottenAt(token: ApiToken): number {
  return Math.ceil(tokenExpiry(token) / 1000) + 90 * 86_400;
}

import type { Grant } from './principal.ts';

/** A secret that a token is known by, for as long as it is. Only its hash is kept. */
export interface TokenSecret {
  /** SHA-256, hex. */
  readonly hash: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** A credential that somebody was given. It stays the same one when its secret is renewed. */
export interface ApiToken {
  readonly id: string;
  /** Who or what has it; goes into records. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** The newest first; an older one beside it until a rotation is over. */
  readonly secrets: readonly TokenSecret[];
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
  /** Grows by one with every change; each write is conditional on it. */
  readonly revision: number;
}

export const DAY_MS = 86_400_000;
/** A token always ends: after 90 days unless asked otherwise, after a year at the latest. */
export const DEFAULT_TOKEN_AGE_MS = 90 * DAY_MS;
export const MAX_TOKEN_AGE_MS = 365 * DAY_MS;

/** When its newest secret ends, unix milliseconds. */
export function tokenExpiry({ secrets }: ApiToken): number {
  return Math.max(0, ...secrets.map(({ expiresAt }) => expiresAt));
}

export type TokenState = 'active' | 'expired' | 'revoked';

export function tokenState(token: ApiToken, now: number): TokenState {
  if (token.revokedAt !== undefined) return 'revoked';
  return tokenExpiry(token) > now ? 'active' : 'expired';
}

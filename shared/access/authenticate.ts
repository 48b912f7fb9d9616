import { createHash, timingSafeEqual } from 'node:crypto';
import { EVERY_ENVIRONMENT } from './grant-covers.ts';
import { type Grant, NOBODY, type Principal } from './principal.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,16000})$/i;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * Finds out who a credential stands for: nobody, where it is wrong; undefined where it is not of the kind that this
 * one knows.
 */
export type Authenticator = (credential: string) => Promise<Principal | undefined>;

/** What an `Authorization` header carries; undefined when it is not a bearer's. */
export function bearerCredential(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1];
}

/** A grant of everything, everywhere. */
export const EVERYTHING: Grant = {
  actions: ['admin'],
  apps: ['*'],
  environments: [EVERY_ENVIRONMENT],
  repositories: ['*'],
};

/** Knows the one admin token by its SHA-256 in hex, which is compared in constant time. */
export function adminAuthenticator(adminTokenHash: () => Promise<string>): Authenticator {
  return async (credential) => {
    const hash = (await adminTokenHash()).trim();
    if (!SHA256_HEX.test(hash)) return NOBODY;
    const sent = createHash('sha256').update(credential).digest();
    if (!timingSafeEqual(sent, Buffer.from(hash, 'hex'))) return NOBODY;
    return { kind: 'token', id: 'admin', name: 'admin', grants: [EVERYTHING] };
  };
}

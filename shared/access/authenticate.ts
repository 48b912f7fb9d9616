import { EVERY_ENVIRONMENT } from './grant-covers.ts';
import type { Grant, Principal } from './principal.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,16000})$/i;

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

import { createHash, timingSafeEqual } from 'node:crypto';
import { NOBODY, type Principal } from './principal.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,500})$/i;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * Who an `Authorization` header stands for. Only a hash of the token is known here, and it is compared in constant
 * time. `adminTokenHash` is SHA-256 in hex.
 */
export function authenticate(authorization: string | undefined, adminTokenHash: string): Principal {
  const token = authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1];
  if (token === undefined || !SHA256_HEX.test(adminTokenHash)) return NOBODY;
  const sent = createHash('sha256').update(token).digest();
  return timingSafeEqual(sent, Buffer.from(adminTokenHash, 'hex'))
    ? { kind: 'admin', name: 'admin' }
    : NOBODY;
}

import { createHash } from 'node:crypto';
import type { Oid } from '../../gitops/git-engine.ts';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** An object as git stores it, without its header; `oid` is what its content hashes to. */
export interface GitObject {
  readonly oid: Oid;
  readonly type: ObjectType;
  readonly body: Buffer;
}

/** Stands for "no commit" where a branch is made. */
export const ZERO_OID: Oid = '0'.repeat(40);
export const OID_BYTES = 20;

/** Names a body as git does: the SHA-1 of `<type> <size>\0<body>`. */
export function gitObject(type: ObjectType, body: Uint8Array): GitObject {
  const oid = createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex');
  return { oid, type, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}

export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** The tree without entries; git knows it without being told, and no directory below the root may be it. */
export const EMPTY_TREE: Oid = gitObject('tree', Buffer.alloc(0)).oid;

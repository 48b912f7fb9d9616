import { createHash } from 'node:crypto';
import type { Oid } from '../../gitops/git-engine.ts';
import type { ObjectType } from './object-id.ts';
import { encodeOffset } from './varint.ts';
import { compress } from './zlib-streams.ts';

/** An object for a pack: whole, or as the way from another to it. */
export type PackObject = WholeObject | DeltaObject;

interface WholeObject {
  readonly oid: Oid;
  readonly type: ObjectType;
  readonly body: Buffer;
}

export interface DeltaObject {
  readonly oid: Oid;
  readonly base: Oid;
  readonly steps: Buffer;
}

export const PACK_TYPES: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
export const OFS_DELTA = 6;
export const REF_DELTA = 7;

/**
 * A pack, version 2. A delta whose base came earlier in the pack names it by distance (if the server takes that), any
 * other by id: then the base must be on the server, and the pack is a thin one.
 */
export function writePack(objects: readonly PackObject[], options: { readonly ofsDelta: boolean }): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const parts: Buffer[] = [header];
  const offsets = new Map<Oid, number>();
  let size = header.length;
  for (const object of objects) {
    const base = 'base' in object && options.ofsDelta ? offsets.get(object.base) : undefined;
    const distance = base === undefined ? undefined : size - base;
    offsets.set(object.oid, size);
    for (const part of encodeObject(object, distance)) {
      parts.push(part);
      size += part.length;
    }
  }
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

function encodeObject(object: PackObject, distance: number | undefined): Buffer[] {
  if ('body' in object)
    return [encodeHeader(PACK_TYPES[object.type], object.body.length), compress(object.body)];
  const { base, steps } = object;
  const reference = distance === undefined ? Buffer.from(base, 'hex') : Buffer.from(encodeOffset(distance));
  const kind = distance === undefined ? REF_DELTA : OFS_DELTA;
  return [encodeHeader(kind, steps.length), reference, compress(steps)];
}

/** Type in bits 4 to 6 of the first byte, size in its lower four and then seven a byte, lowest first. */
function encodeHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (size % 16);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.push(byte | 0x80);
    byte = rest % 0x80;
  }
  return Buffer.from([...bytes, byte]);
}

import { createHash } from 'node:crypto';
import type { Oid } from '../../gitops/git-engine.ts';
import { applyDelta } from './delta-codec.ts';
import { MalformedError } from './malformed-error.ts';
import { type GitObject, gitObject, type ObjectType, OID_BYTES } from './object-id.ts';
import { OFS_DELTA, PACK_TYPES, REF_DELTA } from './pack-writer.ts';
import { byteAt, decodeOffset, decodeSize } from './varint.ts';
import { decompressAt } from './zlib-streams.ts';

interface PackLimits {
  readonly maxObjects: number;
  readonly maxObjectBytes: number;
  /** Of all objects together, unpacked. */
  readonly maxTotalBytes: number;
}

export interface ReadPackOptions {
  /** Objects outside the pack that a thin pack's deltas may build on. */
  readonly base?: (oid: Oid) => GitObject | undefined;
  readonly limits?: PackLimits;
  /** Keeps blobs too. */
  readonly blobs?: boolean;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_LIMITS: PackLimits = {
  maxObjects: 5_000_000,
  maxObjectBytes: 64 * MEBIBYTE,
  maxTotalBytes: 512 * MEBIBYTE,
};

const HEADER_BYTES = 12;
const TYPES = new Map<number, ObjectType>(
  Object.entries(PACK_TYPES).map(([type, number]) => [number, type as ObjectType]),
);

/** An entry as it lies in the pack: whole, or a delta on another place in the pack or on an id. */
type Entry =
  | { readonly type: ObjectType; readonly content: Buffer }
  | { readonly base: number | Oid; readonly content: Buffer };

/**
 * Every commit, tree and tag in a pack under the id that its content has: nothing that the server says about ids is
 * believed. Blobs are passed over unless they are wanted: a server without filters sends them all.
 * @throws MalformedError; sizes are checked before anything is allocated.
 */
export function readPack(pack: Buffer, options: ReadPackOptions = {}): Map<Oid, GitObject> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const count = checkEnvelope(pack, limits);
  const entries = readEntries(pack, count, limits, options.blobs ?? false);
  return new Resolver(entries, options.base ?? (() => undefined), limits).resolveAll();
}

function checkEnvelope(pack: Buffer, limits: PackLimits): number {
  if (pack.length < HEADER_BYTES + OID_BYTES || pack.toString('latin1', 0, 4) !== 'PACK') {
    throw new MalformedError('what was sent is no pack');
  }
  const version = pack.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new MalformedError(`packs of version ${version} are not known`);
  const trailer = pack.subarray(-OID_BYTES);
  const sum = createHash('sha1').update(pack.subarray(0, -OID_BYTES)).digest();
  if (!sum.equals(trailer)) throw new MalformedError("the pack's checksum is wrong");
  const count = pack.readUInt32BE(8);
  if (count > limits.maxObjects)
    throw new MalformedError(`the pack has ${count} objects, more than are read`);
  return count;
}

function readEntries(
  pack: Buffer,
  count: number,
  limits: PackLimits,
  keepBlobs: boolean,
): Map<number, Entry> {
  const body = pack.subarray(0, -OID_BYTES);
  const entries = new Map<number, Entry>();
  const blobs = new Set<number>();
  let total = 0;
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const { header, size, next } = readHeader(body, at);
    total += size;
    if (size > limits.maxObjectBytes || total > limits.maxTotalBytes) {
      throw new MalformedError(`the pack unpacks to more than is read (at byte ${at})`);
    }
    const { content, next: end } = decompressAt(body, next, size);
    const isBlob =
      'type' in header ? header.type === 'blob' : typeof header.base === 'number' && blobs.has(header.base);
    if (isBlob && !keepBlobs) blobs.add(at);
    else entries.set(at, { ...header, content });
    at = end;
  }
  if (at !== body.length) throw new MalformedError('the pack has more than it says');
  return entries;
}

type EntryHeader = { readonly type: ObjectType } | { readonly base: number | Oid };

function readHeader(pack: Buffer, at: number): { header: EntryHeader; size: number; next: number } {
  const first = byteAt(pack, at);
  const code = (first >> 4) & 7;
  const initial = { value: first & 15, shift: 4 };
  const { value: size, next } =
    first < 0x80 ? { value: initial.value, next: at + 1 } : decodeSize(pack, at + 1, initial);
  if (code === OFS_DELTA) {
    const distance = decodeOffset(pack, next);
    return { header: { base: at - distance.value }, size, next: distance.next };
  }
  if (code === REF_DELTA) {
    const base = pack.toString('hex', next, next + OID_BYTES);
    return { header: { base }, size, next: next + OID_BYTES };
  }
  const type = TYPES.get(code);
  if (type === undefined) throw new MalformedError(`an object at byte ${at} has the unknown type ${code}`);
  return { header: { type }, size, next };
}

/** A delta on the way to an object. */
interface Link {
  readonly at: number;
  readonly content: Buffer;
}

/** Follows deltas to their bases with a stack of its own, so that a long chain can't overflow ours. */
class Resolver {
  readonly #entries: Map<number, Entry>;
  readonly #outside: (oid: Oid) => GitObject | undefined;
  readonly #limits: PackLimits;
  readonly #objects = new Map<number, GitObject>();
  readonly #byOid = new Map<Oid, GitObject>();
  readonly #queue: number[];
  /** Entries by the id that they wait for. */
  readonly #waiting = new Map<Oid, number[]>();
  #total = 0;

  constructor(entries: Map<number, Entry>, outside: (oid: Oid) => GitObject | undefined, limits: PackLimits) {
    this.#entries = entries;
    this.#queue = [...entries.keys()];
    this.#outside = outside;
    this.#limits = limits;
  }

  /** Deltas whose base is nowhere are left out, for they may be blobs; whoever needs such an object will miss it. */
  resolveAll(): Map<Oid, GitObject> {
    // Grows while it is gone through: a delta on an id may come before its base, and is woken by it.
    for (const offset of this.#queue) this.#resolve(offset);
    return this.#byOid;
  }

  #resolve(offset: number): void {
    const links: Link[] = [];
    let object = this.#rootOf(offset, links);
    if (object === undefined) return;
    for (const { at, content } of links.reverse()) {
      object = this.#add(at, object.type, applyDelta(object.body, content, this.#limits.maxObjectBytes));
    }
  }

  /** Collects the deltas from an entry down to the first object that is known, or undefined when its base is not. */
  #rootOf(offset: number, links: Link[]): GitObject | undefined {
    for (let at = offset; ; ) {
      const done = this.#objects.get(at);
      if (done !== undefined) return done;
      const entry = this.#entries.get(at);
      if (entry === undefined)
        throw new MalformedError(`no object begins at byte ${at}, where a delta has its base`);
      if ('type' in entry) return this.#add(at, entry.type, entry.content);
      links.push({ at, content: entry.content });
      if (typeof entry.base === 'string') return this.#byId(entry.base, offset);
      if (entry.base >= at) throw new MalformedError(`the delta at byte ${at} builds on itself`);
      at = entry.base;
    }
  }

  #byId(oid: Oid, waiting: number): GitObject | undefined {
    const object = this.#byOid.get(oid) ?? this.#outside(oid);
    if (object === undefined) this.#waiting.set(oid, [...(this.#waiting.get(oid) ?? []), waiting]);
    return object;
  }

  #add(offset: number, type: ObjectType, body: Buffer): GitObject {
    this.#total += body.length;
    if (this.#total > this.#limits.maxTotalBytes)
      throw new MalformedError('the pack unpacks to more than is read');
    const object = gitObject(type, body);
    this.#objects.set(offset, object);
    this.#byOid.set(object.oid, object);
    for (const woken of this.#waiting.get(object.oid) ?? []) this.#queue.push(woken);
    this.#waiting.delete(object.oid);
    return object;
  }
}

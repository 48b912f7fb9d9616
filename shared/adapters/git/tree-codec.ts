import { isUtf8 } from 'node:buffer';
import type { Oid } from '../../gitops/git-engine.ts';
import { MalformedError } from './malformed-error.ts';
import { OID_BYTES } from './object-id.ts';

/**
 * A tree is a run of entries `<octal mode> <name>\0<20 bytes of id>`, sorted by the bytes of the name, where a
 * directory's name counts as if it ended in '/'. Names are bytes: what others wrote need not be UTF-8.
 */
export interface TreeEntry {
  /** As written: `40000` (git writes no leading zero), `100644`, `100755`, `120000`, `160000`, or what others left. */
  readonly mode: string;
  readonly name: Buffer;
  readonly oid: Oid;
}

/** Where an entry lies in its tree, in bytes. */
export interface LocatedEntry extends TreeEntry {
  readonly start: number;
  readonly end: number;
}

export const DIRECTORY_MODE = '40000';
export const FILE_MODE = '100644';

const SPACE = 0x20;
const SLASH = 0x2f;

export function isDirectoryMode(mode: string): boolean {
  return mode === DIRECTORY_MODE || mode === '040000';
}

/** All entries in order. @throws MalformedError */
export function parseTree(tree: Buffer): LocatedEntry[] {
  const entries: LocatedEntry[] = [];
  for (let start = 0; start < tree.length; ) {
    const entry = entryAt(tree, start);
    entries.push(entry);
    start = entry.end;
  }
  return entries;
}

/** The directories of a tree: name → tree. Names that are no UTF-8 are none of ours and are left out. */
export function directoriesIn(tree: Buffer): Map<string, Oid> {
  const directories = parseTree(tree).filter(({ mode, name }) => isDirectoryMode(mode) && isUtf8(name));
  return new Map(directories.map(({ name, oid }) => [name.toString('utf8'), oid]));
}

export function serializeTree(entries: readonly TreeEntry[]): Buffer {
  return Buffer.concat([...entries].sort(compareEntries).map(serializeEntry));
}

export function serializeEntry({ mode, name, oid }: TreeEntry): Buffer {
  return Buffer.concat([Buffer.from(`${mode} `), name, Buffer.of(0), Buffer.from(oid, 'hex')]);
}

/**
 * Finds a name, whatever it is, or else the place where a directory of that name goes. It reads bytes up to there
 * and makes no entries of them: on a tree of thousands this is the hot loop of a batch.
 */
export function locate(tree: Buffer, name: Buffer): LocatedEntry | { readonly insertAt: number } {
  for (let start = 0; start < tree.length; ) {
    const nameStart = indexOfByte(tree, SPACE, start) + 1;
    const nameEnd = indexOfByte(tree, 0, nameStart);
    const common = commonLength(tree, nameStart, nameEnd, name);
    if (nameStart + common === nameEnd && common === name.length) return entryAt(tree, start);
    // The first byte in which the two differ, where a directory's name goes on with a slash, and a file's ends.
    const theirs =
      nameStart + common < nameEnd ? tree[nameStart + common] : isDirectoryAt(tree, start) ? SLASH : 0;
    if ((theirs ?? 0) > (name[common] ?? SLASH)) return { insertAt: start };
    start = nameEnd + 1 + OID_BYTES;
  }
  return { insertAt: tree.length };
}

/** Throws unless the tree can be read from end to end, so that `locate` may trust its bytes. */
export function checkTree(tree: Buffer): void {
  parseTree(tree);
}

function entryAt(tree: Buffer, start: number): LocatedEntry {
  const space = indexOfByte(tree, SPACE, start);
  const nul = indexOfByte(tree, 0, space + 1);
  const end = nul + 1 + OID_BYTES;
  const mode = tree.toString('latin1', start, space);
  if (end > tree.length || nul === space + 1 || !/^[0-7]{5,6}$/.test(mode)) {
    throw new MalformedError(`a tree entry at byte ${start} can't be read`);
  }
  return { mode, name: tree.subarray(space + 1, nul), oid: tree.toString('hex', nul + 1, end), start, end };
}

function indexOfByte(bytes: Buffer, byte: number, from: number): number {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] === byte) return at;
  throw new MalformedError(`a tree ends in the middle of an entry`);
}

function commonLength(tree: Buffer, start: number, end: number, name: Buffer): number {
  const limit = Math.min(end - start, name.length);
  let length = 0;
  while (length < limit && tree[start + length] === name[length]) length += 1;
  return length;
}

function isDirectoryAt(tree: Buffer, start: number): boolean {
  const first = tree[start] === 0x30 ? start + 1 : start; // Some old tools wrote 040000.
  return tree[first] === 0x34;
}

function compareEntries(a: TreeEntry, b: TreeEntry): number {
  return Buffer.compare(sortKey(a), sortKey(b));
}

function sortKey({ mode, name }: TreeEntry): Buffer {
  return isDirectoryMode(mode) ? Buffer.concat([name, Buffer.of(SLASH)]) : name;
}

import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly method: number;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

/**
 * Unpacks one entry of a zip file (no zip64, no encryption) to a new file with the given mode.
 * @throws Error when the file is no zip, has no such entry, or packs it in a way we don't read.
 */
export async function extractZipEntry(from: {
  readonly zip: string;
  readonly entry: string;
  readonly to: string;
  readonly mode: number;
}): Promise<void> {
  const file = await open(from.zip);
  try {
    const entry = (await readDirectory(file, from.zip)).get(from.entry);
    if (entry === undefined) throw new Error(`${from.zip} has no entry ${from.entry}`);
    const start = await contentOffset(file, entry);
    const packed = file.createReadStream({
      start,
      end: start + entry.compressedSize - 1,
      autoClose: false,
    });
    const target = createWriteStream(from.to, { mode: from.mode, flags: 'wx' });
    if (entry.method === STORED) await pipeline(packed, target);
    else if (entry.method === DEFLATED) await pipeline(packed, createInflateRaw(), target);
    else
      throw new Error(`${from.zip}: ${from.entry} is packed by method ${entry.method}; only deflate is read`);
  } finally {
    await file.close();
  }
}

/** The directory is at the end of a zip, found by its signature, before a comment of any length. */
async function readDirectory(file: FileHandle, name: string): Promise<ReadonlyMap<string, Entry>> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_SIZE - LONGEST_COMMENT), size);
  const end = lastIndexOfSignature(tail, END_OF_DIRECTORY);
  if (end < 0) throw new Error(`${name} is not a zip file`);
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  return parseDirectory(await readAt(file, offset, offset + length));
}

function parseDirectory(directory: Buffer): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    entries.set(directory.toString('utf8', at + 46, nameEnd), {
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The local header repeats the name and has an extra field of its own, whose length the directory doesn't know. */
async function contentOffset(file: FileHandle, entry: Entry): Promise<number> {
  const header = await readAt(file, entry.headerOffset, entry.headerOffset + 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error('The zip file is damaged: no local header');
  return entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function readAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}

function lastIndexOfSignature(buffer: Buffer, signature: number): number {
  for (let at = buffer.length - END_SIZE; at >= 0; at--) if (buffer.readUInt32LE(at) === signature) return at;
  return -1;
}

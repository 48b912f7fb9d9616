import { deflateSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { MalformedError } from './malformed-error.ts';

/** Below this, zlib's set-up costs more than its compression saves: the bytes are stored as they are. */
const STORE_BELOW = 512;
/** Little memory: zlib clears its tables for every object, and ours are mostly a few KB of YAML. */
const FAST: ZlibOptions = { level: 1, windowBits: 13, memLevel: 5 };

export function compress(bytes: Uint8Array): Buffer {
  return bytes.length < STORE_BELOW ? store(bytes) : deflateSync(bytes, FAST);
}

/** A zlib stream (RFC 1950) of one stored block (RFC 1951, 3.2.4). */
function store(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(bytes.length + 11);
  out.writeUInt16BE(0x7801, 0);
  out[2] = 1; // The last block, and stored.
  out.writeUInt16LE(bytes.length, 3);
  out.writeUInt16LE(~bytes.length & 0xffff, 5);
  out.set(bytes, 7);
  out.writeUInt32BE(adler32(bytes), bytes.length + 7);
  return out;
}

/** RFC 1950, 8.2; the sums can't overflow on the few bytes that are stored. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a += byte;
    b += a;
  }
  return (b % 65_521) * 0x10000 + (a % 65_521);
}

/** The stream that begins at a place: its content, which must have exactly that size, and where it ends. */
export function decompressAt(
  bytes: Buffer,
  at: number,
  size: number,
): { readonly content: Buffer; readonly next: number } {
  try {
    const { buffer, engine } = inflateWithInfo(bytes.subarray(at), {
      maxOutputLength: Math.max(size, 1),
      chunkSize: Math.max(64, size + 1),
    });
    if (buffer.length === size) return { content: buffer, next: at + engine.bytesWritten };
  } catch (cause) {
    throw new MalformedError(`the compressed data at byte ${at} can't be read`, { cause });
  }
  throw new MalformedError(`the data at byte ${at} is not as long as it says`);
}

/** With `info`, zlib also tells how much of its input was read, which a pack does not say anywhere. */
function inflateWithInfo(bytes: Buffer, options: ZlibOptions) {
  const result: unknown = inflateSync(bytes, { ...options, info: true });
  return result as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
}

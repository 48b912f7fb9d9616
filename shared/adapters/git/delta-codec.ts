import { MalformedError } from './malformed-error.ts';
import { byteAt, decodeSize, encodeSize } from './varint.ts';

/** How a target is made of its base: runs copied from it, and bytes that it lacks. */
export type DeltaStep =
  | { readonly copy: { readonly start: number; readonly end: number } }
  | { readonly insert: Uint8Array };

/** git reads longer copies, but pack version 2 as it was first written ends at 64 KiB; some servers still do. */
const MAX_COPY = 0x10000;
const MAX_INSERT = 0x7f;

export function encodeDelta(baseSize: number, targetSize: number, steps: readonly DeltaStep[]): Buffer {
  const parts: Uint8Array[] = [Uint8Array.from([...encodeSize(baseSize), ...encodeSize(targetSize)])];
  for (const step of steps) {
    if ('insert' in step) pushInserts(parts, step.insert);
    else pushCopies(parts, step.copy.start, step.copy.end);
  }
  return Buffer.concat(parts);
}

function pushInserts(parts: Uint8Array[], bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; start += MAX_INSERT) {
    const part = bytes.subarray(start, start + MAX_INSERT);
    parts.push(Uint8Array.of(part.length), part);
  }
}

function pushCopies(parts: Uint8Array[], start: number, end: number): void {
  for (let at = start; at < end; at += MAX_COPY) parts.push(encodeCopy(at, Math.min(MAX_COPY, end - at)));
}

/** A copy is a byte of flags that says which of 4 offset and 2 size bytes follow: zero bytes are left out. */
function encodeCopy(offset: number, size: number): Uint8Array {
  const sizeField = size === MAX_COPY ? 0 : size; // A size of 0 stands for 64 KiB.
  const fields = [offset, offset >>> 8, offset >>> 16, offset >>> 24, sizeField, sizeField >>> 8];
  let flags = 0x80;
  const bytes = [flags];
  for (const [bit, field] of fields.entries()) {
    if ((field & 0xff) === 0) continue;
    flags |= 1 << bit;
    bytes.push(field & 0xff);
  }
  bytes[0] = flags;
  return Uint8Array.from(bytes);
}

/** @throws MalformedError, TruncatedError; allocates no more than `maxBytes`. */
export function applyDelta(base: Buffer, delta: Buffer, maxBytes: number): Buffer {
  const baseSize = decodeSize(delta, 0);
  const targetSize = decodeSize(delta, baseSize.next);
  if (baseSize.value !== base.length) throw new MalformedError('a delta was made for another base');
  if (targetSize.value > maxBytes)
    throw new MalformedError(`a delta makes an object of over ${maxBytes} bytes`);
  const target = Buffer.alloc(targetSize.value);
  let written = 0;
  for (let at = targetSize.next; at < delta.length; ) {
    const { source, start, end, next } = decodeStep(base, delta, at);
    if (end > source.length || written + end - start > target.length) {
      throw new MalformedError(`a delta reaches outside its base or its target at byte ${at}`);
    }
    written += source.copy(target, written, start, end);
    at = next;
  }
  if (written !== target.length) throw new MalformedError('a delta makes less than it says');
  return target;
}

function decodeStep(base: Buffer, delta: Buffer, at: number) {
  const flags = byteAt(delta, at);
  if (flags === 0) throw new MalformedError('a delta uses the reserved instruction 0');
  if (flags < 0x80) return { source: delta, start: at + 1, end: at + 1 + flags, next: at + 1 + flags };
  let next = at + 1;
  const field = (bit: number) => {
    if ((flags & (1 << bit)) === 0) return 0;
    next += 1;
    return byteAt(delta, next - 1);
  };
  const start = field(0) + field(1) * 0x100 + field(2) * 0x10000 + field(3) * 0x1000000;
  const size = field(4) + field(5) * 0x100 + field(6) * 0x10000;
  return { source: base, start, end: start + (size === 0 ? MAX_COPY : size), next };
}

import { MalformedError } from './malformed-error.ts';

/** A number and where the bytes after it begin. */
export interface Decoded {
  readonly value: number;
  readonly next: number;
}

export function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new MalformedError(`the data ends at byte ${at}, in the middle of a number`);
  return byte;
}

/** Seven bits a byte, lowest first, the high bit says that more follow: sizes in deltas. */
export function encodeSize(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** @throws MalformedError when it does not end, or is larger than a safe integer. */
export function decodeSize(bytes: Uint8Array, at: number, initial = { value: 0, shift: 0 }): Decoded {
  let value = initial.value;
  let scale = 2 ** initial.shift;
  for (let next = at; ; next += 1) {
    const byte = byteAt(bytes, next);
    value += (byte & 0x7f) * scale;
    if (!Number.isSafeInteger(value)) throw new MalformedError(`a size at byte ${at} is too large`);
    if (byte < 0x80) return { value, next: next + 1 };
    scale *= 0x80;
  }
}

/** Distance back to a delta's base: seven bits a byte, highest first, one added at every byte that goes on. */
export function encodeOffset(distance: number): number[] {
  const bytes = [distance % 0x80];
  for (let rest = Math.floor(distance / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest -= 1;
    bytes.unshift((rest % 0x80) | 0x80);
  }
  return bytes;
}

export function decodeOffset(bytes: Uint8Array, at: number): Decoded {
  let byte = byteAt(bytes, at);
  let value = byte & 0x7f;
  let next = at + 1;
  while (byte >= 0x80) {
    byte = byteAt(bytes, next);
    value = (value + 1) * 0x80 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) throw new MalformedError(`an offset at byte ${at} is too large`);
    next += 1;
  }
  return { value, next };
}

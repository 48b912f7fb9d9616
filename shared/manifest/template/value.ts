import type { Version } from '../version.ts';

/**
 * What templates compute with. Go's integers are bigint (of 64 bits), its floats are number; text is text, though
 * lengths and positions count UTF-8 bytes as in Go.
 */
export type Value = null | boolean | string | bigint | number | List | Dict | Version;
export type List = readonly Value[];
export type Dict = Map<string, Value>;

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function isDict(value: Value): value is Dict {
  return value instanceof Map;
}

/** Go's name for a value's type, for messages. */
export function typeName(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isList(value)) return 'list';
  return isDict(value) ? 'dict' : 'semver';
}

/** What `if`, `and`, `default` … take for false: nil, false, zero, and what is empty. */
export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (isList(value)) return value.length > 0;
  if (isDict(value)) return value.size > 0;
  if (typeof value === 'object') return true;
  // NaN is not zero.
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}

/** Wraps around as Go's 64-bit integers do. */
export function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Orders text as Go does: by its UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  // Below the surrogates UTF-16, in which JavaScript compares, has the same order.
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function sortedEntries(dict: Dict): [string, Value][] {
  return [...dict].sort(([a], [b]) => compareText(a, b));
}

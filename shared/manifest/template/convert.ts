import { numberValue } from './literal.ts';
import { int64, isDict, isList, type Value } from './value.ts';

/** sprig's `int`: what can't be read as a number is 0; a fraction is cut. */
export function toInteger(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? int64(BigInt(Math.trunc(value))) : 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'string') return 0n;
  const read = readNumber(value.replace(/\.0+$/, ''));
  return typeof read === 'bigint' ? read : 0n;
}

/** sprig's `float64`. */
export function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return 0;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : 0;
}

function readNumber(text: string): Value {
  try {
    return numberValue(text);
  } catch {
    return null;
  }
}

/** Go's reflect.DeepEqual. `visit` is called for each pair, to bound what may be nested in itself. */
export function deepEqual(a: Value, b: Value, visit: () => void): boolean {
  visit();
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (isList(a))
    return (
      isList(b) &&
      a.length === b.length &&
      a.every((value, index) => deepEqual(value, b[index] ?? null, visit))
    );
  if (!isDict(a)) return a === b;
  if (isList(b) || !isDict(b) || a.size !== b.size) return false;
  return [...a].every(([key, value]) => {
    const other = b.get(key);
    return other !== undefined && deepEqual(value, other, visit);
  });
}

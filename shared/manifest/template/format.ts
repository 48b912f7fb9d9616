import type { Budget } from './budget.ts';
import { isDict, isList, sortedEntries, type Value } from './value.ts';

/** A value as Go prints it (`%v`): `[a b]`, `map[a:1]`, `<nil>`. */
export function formatValue(value: Value, budget: Budget): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value !== 'object') return charged(String(value), budget);
  budget.step();
  if (isList(value))
    return bracketed(
      '[',
      value.map((element) => formatValue(element, budget)),
      budget,
    );
  if (!isDict(value)) return value.toString();
  const entries = sortedEntries(value).map(([key, entry]) => `${key}:${formatValue(entry, budget)}`);
  return bracketed('map[', entries, budget);
}

function bracketed(open: string, parts: readonly string[], budget: Budget): string {
  budget.step(parts.length);
  return charged(`${open}${parts.join(' ')}]`, budget);
}

/** What is printed is paid for before it is put together with anything else. */
function charged(text: string, budget: Budget): string {
  budget.grow(text.length);
  return text;
}

/** Go's `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e6. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const size = Number(exponent);
  if (value !== 0 && (size < -4 || size >= 6)) return `${digits}${goExponent(size)}`;
  if (Object.is(value, -0)) return '-0';
  // Within these bounds JavaScript writes no exponent either.
  return String(value);
}

/** At least two digits, as in Go: `e+06`. */
export function goExponent(size: number): string {
  return `e${size < 0 ? '-' : '+'}${String(Math.abs(size)).padStart(2, '0')}`;
}

export function nonFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value < 0 ? '-Inf' : '+Inf';
}

/** Text in quotes as Go writes it (`%q`): what is not printable is escaped. */
export function quote(text: string): string {
  return `"${[...text].map(escaped).join('')}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escaped(char: string): string {
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

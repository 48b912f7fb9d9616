import { sanitizeDnsName } from '../../dns-name.ts';
import type { Budget } from '../budget.ts';
import { formatValue, quote } from '../format.ts';
import { any, count, fixed, type TemplateFunction, text, variadic } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import type { Value } from '../value.ts';
import { textsOf } from './text-of.ts';

// What Go calls white space.
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const SPACES = new RegExp(`${SPACE}+`, 'g');
const OUTER_SPACE = new RegExp(`^${SPACE}+`);

/** sprig's functions of text, and ours. */
export const STRING_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  sanitizeDNSName: fixed([text], ([value]) => sanitizeDnsName(value)),
  trim: fixed([text], ([value]) => trimSpace(value)),
  trimAll: fixed([text, text], ([cutset, value]) => trimChars(value, cutset)),
  trimPrefix: fixed([text, text], ([prefix, value]) =>
    value.startsWith(prefix) ? value.slice(prefix.length) : value,
  ),
  trimSuffix: fixed([text, text], ([suffix, value]) =>
    value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value,
  ),
  upper: fixed([text], ([value]) => mapChars(value, (char) => char.toUpperCase())),
  lower: fixed([text], ([value]) => mapChars(value, (char) => char.toLowerCase())),
  title: fixed([text], ([value]) => title(value)),
  untitle: fixed([text], ([value]) => firstOfWords(value, (char) => char.toLowerCase())),
  nospace: fixed([text], ([value]) => value.replaceAll(SPACES, '')),
  initials: fixed([text], ([value]) =>
    value
      .split(SPACES)
      .map((word) => [...word][0] ?? '')
      .join(''),
  ),
  contains: fixed([text, text], ([part, value]) => value.includes(part)),
  hasPrefix: fixed([text, text], ([prefix, value]) => value.startsWith(prefix)),
  hasSuffix: fixed([text, text], ([suffix, value]) => value.endsWith(suffix)),
  quote: variadic([], any, (_, values, budget) => quoted(values, quote, budget)),
  squote: variadic([], any, (_, values, budget) => quoted(values, (value) => `'${value}'`, budget)),
  cat: variadic([], any, (_, values, budget) => textsOf(values, budget).join(' ')),
  repeat: fixed([count, text], ([times, value], budget) => {
    if (times < 0) throw new TemplateError('argument 1 must not be negative');
    budget.grow(times * value.length);
    return value.repeat(times);
  }),
  replace: fixed([text, text, text], ([old, replacement, value], budget) => {
    budget.grow(value.length + (value.length / Math.max(old.length, 1) + 1) * replacement.length);
    return old === '' ? between(value, replacement) : value.replaceAll(old, () => replacement);
  }),
  indent: fixed([count, text], ([spaces, value], budget) => indent(spaces, value, budget)),
  nindent: fixed([count, text], ([spaces, value], budget) => `\n${indent(spaces, value, budget)}`),
  plural: fixed([text, text, count], ([one, many, number]) => (number === 1 ? one : many)),
  substr: fixed([count, count, text], ([start, end, value]) => substring(start, end, value)),
  trunc: fixed([count, text], ([length, value]) => truncate(length, value)),
  abbrev: fixed([count, text], ([width, value]) => {
    const bytes = Buffer.from(value);
    return width < 4 || bytes.length <= width ? value : `${bytes.subarray(0, width - 3).toString()}...`;
  }),
  toString: fixed([any], ([value], budget) => formatValue(value, budget)),
};

function trimSpace(value: string): string {
  return trimEnd(value.replace(OUTER_SPACE, ''), (char) => OUTER_SPACE.test(char));
}

function trimChars(value: string, cutset: string): string {
  const chars = [...value];
  const cut = new Set(cutset);
  const first = chars.findIndex((char) => !cut.has(char));
  return first < 0 ? '' : trimEnd(chars.slice(first).join(''), (char) => cut.has(char));
}

function trimEnd(value: string, isCut: (char: string) => boolean): string {
  const chars = [...value];
  const last = chars.findLastIndex((char) => !isCut(char));
  return chars.slice(0, last + 1).join('');
}

/** Go changes case character by character: `ß` stays, where JavaScript makes two of it. */
function mapChars(value: string, change: (char: string) => string): string {
  return [...value].map((char) => changed(char, change)).join('');
}

function changed(char: string, change: (char: string) => string): string {
  const other = change(char);
  return [...other].length === 1 ? other : char;
}

/** Go's strings.Title: a word begins after anything but letters, digits and `_`. */
function title(value: string): string {
  let previous = ' ';
  return mapChars(value, (char) => {
    const begins = /[\p{ASCII}]/u.test(previous) ? !/\w/.test(previous) : isSpace(previous);
    previous = char;
    return begins ? char.toUpperCase() : char;
  });
}

function firstOfWords(value: string, change: (char: string) => string): string {
  let previous = ' ';
  return mapChars(value, (char) => {
    const begins = isSpace(previous);
    previous = char;
    return begins ? change(char) : char;
  });
}

function isSpace(char: string): boolean {
  return OUTER_SPACE.test(char);
}

function quoted(values: readonly Value[], mark: (text: string) => string, budget: Budget): string {
  return textsOf(values, budget).map(mark).join(' ');
}

function indent(spaces: number, value: string, budget: Budget): string {
  if (spaces < 0) throw new TemplateError('argument 1 must not be negative');
  const lines = value.split('\n');
  budget.grow(value.length + lines.length * spaces);
  const padding = ' '.repeat(spaces);
  return lines.map((line) => padding + line).join('\n');
}

function between(value: string, insert: string): string {
  return insert + [...value].map((char) => char + insert).join('');
}

/** By bytes, as sprig: a character that is cut in two becomes U+FFFD. */
function substring(start: number, end: number, value: string): string {
  const bytes = Buffer.from(value);
  const from = Math.max(start, 0);
  const to = end < 0 || end > bytes.length ? bytes.length : end;
  const range = start < 0 ? [0, end] : [from, to];
  if ((range[0] ?? 0) > (range[1] ?? 0) || (range[1] ?? 0) > bytes.length)
    throw new TemplateError(`a text of ${bytes.length} has no part from ${start} to ${end}`);
  return bytes.subarray(range[0], range[1]).toString();
}

function truncate(length: number, value: string): string {
  const bytes = Buffer.from(value);
  if (length >= 0) return bytes.subarray(0, length).toString();
  return bytes.length + length > 0 ? bytes.subarray(bytes.length + length).toString() : value;
}

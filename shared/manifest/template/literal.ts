import { TemplateError } from './template-error.ts';
import type { Value } from './value.ts';

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\"'])|.)/gsu;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The text that a quoted one stands for: `"…"` with Go's escapes, or `` `…` `` as it is.
 * @throws TemplateError
 */
export function unquote(quoted: string): string {
  const body = quoted.slice(1, -1);
  return quoted.startsWith('`') ? body.replaceAll('\r', '') : unescapeText(body);
}

/**
 * Go's number of a character in quotes: `'a'` is 97.
 * @throws TemplateError
 */
export function charValue(quoted: string): bigint {
  const chars = [...unescapeText(quoted.slice(1, -1))];
  const code = chars[0]?.codePointAt(0);
  if (chars.length !== 1 || code === undefined)
    throw new TemplateError(`${quoted} must be one character: write text in double quotes`);
  return BigInt(code);
}

/**
 * A Go number: bigint where it is written as an integer, number where it has a point or an exponent.
 * @throws TemplateError
 */
export function numberValue(text: string): Value {
  if (!/^[+-]?(?:\d(?:_?\d)*)?(?:\.(?:\d(?:_?\d)*)?)?(?:[eE][+-]?\d+)?$/.test(text))
    return prefixedInteger(text);
  const digits = text.replaceAll('_', '');
  if (/[.eE]/.test(digits)) return finite(Number(digits), text);
  // As in Go, a leading zero makes it octal.
  if (/^[+-]?0\d/.test(digits)) return prefixedInteger(text);
  return inRange(BigInt(digits.replace('+', '')), text);
}

function prefixedInteger(text: string): bigint {
  const match = /^([+-]?)(0[xX]|0[oO]|0[bB]|0)_?((?:[0-9a-fA-F]_?)+)$/.exec(text);
  const prefix = match?.[2]?.toLowerCase() ?? '';
  const digits = (match?.[3] ?? '').replaceAll('_', '');
  try {
    const magnitude = BigInt(`${prefix === '0' ? '0o' : prefix}${digits}`);
    if (prefix !== '') return inRange(match?.[1] === '-' ? -magnitude : magnitude, text);
  } catch {
    // Not digits of that base: said below.
  }
  throw new TemplateError(`'${text}' is not a number`);
}

function inRange(value: bigint, text: string): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new TemplateError(`'${text}' is too large for a 64-bit integer`);
}

function finite(value: number, text: string): number {
  if (Number.isFinite(value)) return value;
  throw new TemplateError(`'${text}' is not a number`);
}

function unescapeText(body: string): string {
  if (!body.includes('\\')) return body;
  return body.replaceAll(
    ESCAPE,
    (sequence, hex?: string, u4?: string, u8?: string, octal?: string, simple?: string) => {
      if (simple !== undefined) return SIMPLE[simple] ?? simple;
      const code =
        octal === undefined ? Number.parseInt(hex ?? u4 ?? u8 ?? '', 16) : Number.parseInt(octal, 8);
      if (Number.isNaN(code) || code > 0x10ffff)
        throw new TemplateError(`'${sequence}' is no escape in a text`);
      return String.fromCodePoint(code);
    },
  );
}

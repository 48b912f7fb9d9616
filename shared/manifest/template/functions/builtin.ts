import { formatValue } from '../format.ts';
import { any, count, fixed, type TemplateFunction, text, variadic } from '../function.ts';
import { printf } from '../printf.ts';
import { TemplateError } from '../template-error.ts';
import { compareText, isDict, isList, isTrue, typeName, type Value } from '../value.ts';

/** Go's own functions; `and` and `or` are the evaluator's, since they may leave arguments alone. */
export const BUILTIN_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  not: fixed([any], ([value]) => !isTrue(value)),
  eq: variadic([any], any, ([first], others) => {
    if (others.length === 0) throw new TemplateError('takes at least 2 arguments, not 1');
    return others.some((other) => equal(first, other));
  }),
  ne: fixed([any, any], ([a, b]) => !equal(a, b)),
  lt: fixed([any, any], ([a, b]) => order(a, b) < 0),
  le: fixed([any, any], ([a, b]) => order(a, b) <= 0),
  gt: fixed([any, any], ([a, b]) => order(a, b) > 0),
  ge: fixed([any, any], ([a, b]) => order(a, b) >= 0),
  len: fixed([any], ([value]) => BigInt(length(value))),
  index: variadic([any], any, ([value], keys) => keys.reduce(element, value)),
  print: variadic([], any, (_, values, budget) => {
    const parts = values.map((value) => formatValue(value, budget));
    const isText = (index: number) => typeof values[index] === 'string';
    return parts.map((part, at) => (at > 0 && !isText(at) && !isText(at - 1) ? ` ${part}` : part)).join('');
  }),
  println: variadic([], any, (_, values, budget) => {
    return `${values.map((value) => formatValue(value, budget)).join(' ')}\n`;
  }),
  printf: variadic([text], any, ([format], values, budget) => printf(format, values, budget)),
  html: variadic([], any, (_, values, budget) =>
    values
      .map((value) => formatValue(value, budget))
      .join('')
      .replaceAll(/["'&<>\0]/g, (char) => HTML[char] ?? char),
  ),
  urlquery: variadic([], any, (_, values, budget) =>
    encodeQuery(values.map((value) => formatValue(value, budget)).join('')),
  ),
};

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\uFFFD',
};

function encodeQuery(value: string): string {
  return encodeURIComponent(value)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function equal(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a === 'object' || typeof b === 'object')
    throw new TemplateError(`can't compare a ${typeName(a)} with a ${typeName(b)}: use deepEqual`);
  if (typeof a !== typeof b) throw differentKinds(a, b);
  return a === b;
}

function order(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if ((typeof a === 'bigint' && typeof b === 'bigint') || (typeof a === 'number' && typeof b === 'number')) {
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  throw differentKinds(a, b);
}

function differentKinds(a: Value, b: Value): TemplateError {
  return new TemplateError(
    `can't compare a ${typeName(a)} with a ${typeName(b)}: convert one, as with 'int'`,
  );
}

function length(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value !== null && isList(value)) return value.length;
  if (value !== null && isDict(value)) return value.size;
  throw new TemplateError(`a ${typeName(value)} has no length`);
}

function element(value: Value, key: Value): Value {
  if (value !== null && isDict(value)) return value.get(text(key)) ?? null;
  const at = count(key);
  if (value !== null && isList(value)) {
    const found = value[at];
    if (found === undefined)
      throw new TemplateError(`there is no element ${at} in a list of ${value.length}`);
    return found;
  }
  if (typeof value !== 'string') throw new TemplateError(`a ${typeName(value)} has no elements`);
  const byte = Buffer.from(value)[at];
  if (byte === undefined) throw new TemplateError(`there is no byte ${at} in a text of ${length(value)}`);
  return BigInt(byte);
}

import type { Budget } from '../budget.ts';
import { deepEqual, toInteger } from '../convert.ts';
import { any, count, fixed, list, type TemplateFunction, text, variadic } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { compareText, isList, isTrue, type List, typeName, type Value } from '../value.ts';
import { textsOf } from './text-of.ts';

/** sprig's functions of lists, and those between text and lists. */
export const LIST_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  list: variadic([], any, (_, values) => values),
  first: fixed([optionalList], ([values]) => values[0] ?? null),
  last: fixed([optionalList], ([values]) => values.at(-1) ?? null),
  rest: fixed([optionalList], ([values]) => made(values.slice(1))),
  initial: fixed([optionalList], ([values]) => made(values.slice(0, -1))),
  append: fixed([list, any], ([values, value], budget) => made([...values, value], budget)),
  push: fixed([list, any], ([values, value], budget) => made([...values, value], budget)),
  prepend: fixed([list, any], ([values, value], budget) => made([value, ...values], budget)),
  concat: variadic([], list, (_, lists, budget) => made(lists.flat(1) as List, budget)),
  reverse: fixed([list], ([values], budget) => made(values.toReversed(), budget)),
  compact: fixed([list], ([values], budget) => made(values.filter(isTrue), budget)),
  uniq: fixed([list], ([values], budget) => unique(values, budget)),
  without: variadic([list], any, ([values], omitted, budget) =>
    values.filter((value) => !includes(omitted, value, budget)),
  ),
  has: fixed([any, optionalList], ([needle, values], budget) => includes(values, needle, budget)),
  chunk: fixed([count, list], ([size, values], budget) => chunks(size, made(values, budget))),
  slice: variadic([any], count, ([value], [start = 0, end]) => slice(value, start, end)),
  until: fixed([toCount], ([end], budget) => steps(0, end, end < 0 ? -1 : 1, budget)),
  untilStep: fixed([count, count, count], ([start, end, step], budget) => steps(start, end, step, budget)),
  seq: variadic([], count, (_, bounds, budget) => sequence(bounds, budget)),
  join: fixed([text, any], ([separator, values], budget) => {
    const parts = textsOf(values, budget);
    budget.grow(parts.length * separator.length);
    return parts.join(separator);
  }),
  toStrings: fixed([any], ([values], budget) => textsOf(values, budget)),
  sortAlpha: fixed([any], ([values], budget) => textsOf(values, budget).sort(compareText)),
  splitList: fixed([text, text], ([separator, value], budget) => split(value, separator, Infinity, budget)),
  split: fixed([text, text], ([separator, value], budget) =>
    numbered(split(value, separator, Infinity, budget)),
  ),
  splitn: fixed([text, count, text], ([separator, most, value], budget) =>
    numbered(split(value, separator, most, budget)),
  ),
};

/** nil counts as a list of nothing. */
function optionalList(value: Value): List {
  return value === null ? [] : list(value);
}

function toCount(value: Value): number {
  return count(toInteger(value));
}

/** Lists are charged by their length, or doubling one would outrun the bounds. */
function made(values: List, budget?: Budget): List {
  budget?.step(values.length);
  return values;
}

function includes(values: List, needle: Value, budget: Budget): boolean {
  return values.some((value) => deepEqual(value, needle, () => budget.step()));
}

function unique(values: List, budget: Budget): List {
  const kept: Value[] = [];
  for (const value of values) if (!includes(kept, value, budget)) kept.push(value);
  return kept;
}

function chunks(size: number, values: List): List {
  if (size < 1) throw new TemplateError('argument 1 must be at least 1');
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
}

function slice(value: Value, start: number, end: number | undefined): Value {
  const bytes = typeof value === 'string' ? Buffer.from(value) : undefined;
  const values = value !== null && isList(value) ? value : undefined;
  const length = bytes?.length ?? values?.length;
  if (length === undefined) throw new TemplateError(`a ${typeName(value)} has no parts`);
  const to = end ?? length;
  if (start < 0 || start > to || to > length)
    throw new TemplateError(`there is no part from ${start} to ${to} in ${length}`);
  return bytes ? bytes.subarray(start, to).toString() : (values?.slice(start, to) ?? null);
}

function steps(start: number, end: number, step: number, budget: Budget): List {
  const direction = Math.sign(end - start);
  if (direction === 0 || Math.sign(step) !== direction) return [];
  const length = Math.ceil((end - start) / step);
  budget.step(length);
  return Array.from({ length }, (_, at) => BigInt(start + at * step));
}

/** sprig's `seq`, after the shell's: both ends belong to it. */
function sequence(bounds: readonly number[], budget: Budget): string {
  const [a = 1, b = 1, c = 1] = bounds;
  const ranges = [undefined, [1, a < 1 ? -1 : 1, a], [a, b < a ? -1 : 1, b], [a, b, c]];
  const [start = 0, step = 1, end = 0] = ranges[bounds.length] ?? [];
  if (bounds.length === 0 || bounds.length > 3) return '';
  return steps(start, end + Math.sign(step), step, budget).join(' ');
}

function split(value: string, separator: string, most: number, budget: Budget): string[] {
  if (most === 0) return [];
  const parts = separator === '' ? [...value] : value.split(separator);
  budget.step(parts.length);
  if (most < 0 || parts.length <= most) return parts;
  const glue = separator;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(glue)];
}

function numbered(parts: readonly string[]): Value {
  return new Map(parts.map((part, index) => [`_${index}`, part]));
}

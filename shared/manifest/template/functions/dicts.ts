import type { Budget } from '../budget.ts';
import { deepEqual } from '../convert.ts';
import { formatValue } from '../format.ts';
import { any, dict, fixed, type TemplateFunction, text, variadic } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { type Dict, isDict, isList, isTrue, sortedEntries, type Value } from '../value.ts';

/** sprig's functions of dicts. Where Go's order is by chance (`keys`, `values`), ours is by key. */
export const DICT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  dict: variadic([], any, (_, values, budget) => pairs(values, budget)),
  get: fixed([dict, text], ([from, key]) => from.get(key) ?? ''),
  set: fixed([dict, text, any], ([to, key, value]) => to.set(key, value)),
  unset: fixed([dict, text], ([from, key]) => {
    from.delete(key);
    return from;
  }),
  hasKey: fixed([dict, text], ([of, key]) => of.has(key)),
  keys: variadic([], dict, (_, dicts) => dicts.flatMap((of) => sortedEntries(of).map(([key]) => key))),
  values: fixed([dict], ([of]) => sortedEntries(of).map(([, value]) => value)),
  pluck: variadic([text], dict, ([key], dicts) =>
    dicts.map((of) => of.get(key)).filter((value) => value !== undefined),
  ),
  pick: variadic([dict], text, ([of], names) => new Map([...of].filter(([key]) => names.includes(key)))),
  omit: variadic([dict], text, ([of], names) => new Map([...of].filter(([key]) => !names.includes(key)))),
  merge: variadic([dict], dict, ([to], sources, budget) => {
    for (const source of sources) mergeInto(to, source, false, budget);
    return to;
  }),
  mergeOverwrite: variadic([dict], dict, ([to], sources, budget) => {
    for (const source of sources) mergeInto(to, source, true, budget);
    return to;
  }),
  dig: variadic([text], any, ([first], others) => dig(first, others)),
  deepCopy: fixed([any], ([value], budget) => deepCopy(value, budget)),
  deepEqual: fixed([any, any], ([a, b], budget) => deepEqual(a, b, () => budget.step())),
};

/** A last key without a value gets the empty text. */
function pairs(values: readonly Value[], budget: Budget): Dict {
  const result: Dict = new Map();
  for (let at = 0; at < values.length; at += 2) {
    const value = at + 1 < values.length ? (values[at + 1] ?? null) : '';
    result.set(formatValue(values[at] ?? null, budget), value);
  }
  return result;
}

/** Fills what is empty, or overwrites; dicts in both are merged. */
function mergeInto(to: Dict, source: Dict, overwrite: boolean, budget: Budget): void {
  for (const [key, value] of source) {
    budget.step();
    const existing = to.get(key) ?? null;
    if (existing !== null && isDict(existing) && value !== null && isDict(value)) {
      mergeInto(existing, value, overwrite, budget);
    } else if (overwrite || !isTrue(existing)) to.set(key, value);
  }
}

/** `dig "a" "b" fallback dict`: the entry at that path, or the fallback. */
function dig(first: string, others: readonly Value[]): Value {
  const [of, fallback] = [others.at(-1) ?? null, others.at(-2) ?? null];
  if (others.length < 2) throw new TemplateError('takes at least 3 arguments: keys, a default and a dict');
  const path = [first, ...others.slice(0, -2).map(text)];
  let value: Value = dict(of);
  for (const key of path) {
    const next: Value | undefined = dict(value).get(key);
    if (next === undefined) return fallback;
    value = next;
  }
  return value;
}

function deepCopy(value: Value, budget: Budget): Value {
  budget.step();
  if (value !== null && isList(value)) return value.map((element) => deepCopy(element, budget));
  if (value === null || !isDict(value)) return value;
  return new Map([...value].map(([key, entry]) => [key, deepCopy(entry, budget)]));
}

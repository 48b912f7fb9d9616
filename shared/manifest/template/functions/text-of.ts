import type { Budget } from '../budget.ts';
import { formatValue } from '../format.ts';
import { isList, type Value } from '../value.ts';

/** sprig's `toStrings`: the elements as text, without those that are nil; a single value is a list of one. */
export function textsOf(value: Value, budget: Budget): string[] {
  if (value === null) return [];
  const values = isList(value) ? value : [value];
  budget.step(values.length);
  return values.filter((element) => element !== null).map((element) => formatValue(element, budget));
}

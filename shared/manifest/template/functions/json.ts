import type { Budget } from '../budget.ts';
import { any, fixed, type TemplateFunction, text } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { isDict, isList, sortedEntries, type Value } from '../value.ts';

/** sprig's JSON, as Go's encoding/json writes and reads it: keys in order, numbers are floats. */
export const JSON_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  toJson: fixed([any], ([value], budget) => escapeHtml(toJson(value, budget))),
  toRawJson: fixed([any], ([value], budget) => toJson(value, budget)),
  fromJson: fixed([text], ([value], budget) => fromJson(value, budget)),
};

function toJson(value: Value, budget: Budget): string {
  budget.step();
  if (typeof value === 'bigint' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' || typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return bounded(`[${value.map((element) => toJson(element, budget)).join(',')}]`, budget);
  if (!isDict(value)) return JSON.stringify(value.toString());
  const entries = sortedEntries(value).map(
    ([key, entry]) => `${JSON.stringify(key)}:${toJson(entry, budget)}`,
  );
  return bounded(`{${entries.join(',')}}`, budget);
}

function bounded(json: string, budget: Budget): string {
  budget.grow(json.length);
  return json;
}

function escapeHtml(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fromJson(json: string, budget: Budget): Value {
  try {
    return toValue(JSON.parse(json), budget);
  } catch (error) {
    if (error instanceof SyntaxError) throw new TemplateError('argument 1 is not JSON');
    throw error;
  }
}

function toValue(parsed: unknown, budget: Budget): Value {
  budget.step();
  if (typeof parsed === 'string' || typeof parsed === 'number' || typeof parsed === 'boolean') return parsed;
  if (Array.isArray(parsed)) return parsed.map((element) => toValue(element, budget));
  if (typeof parsed !== 'object' || parsed === null) return null;
  return new Map(Object.entries(parsed).map(([key, entry]) => [key, toValue(entry, budget)]));
}

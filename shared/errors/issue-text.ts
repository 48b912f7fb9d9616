import type * as z from 'zod';

/** Kinds of values as people who write JSON and YAML call them; others have their own names. */
const KINDS: Readonly<Record<string, string>> = {
  array: 'an array',
  object: 'an object',
  record: 'an object',
  int: 'a whole number',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  undefined: 'nothing',
  null: 'null',
};

/**
 * What is wrong with a value and what it must be: in the words of the schema, where it has some of its own, else in the
 * product's. Fit to follow the path of the field.
 */
export function issueText(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return typeText(message) ?? message;
    case 'invalid_value':
      return isZods(message) ? oneOf(issue.values.map(String)) : message;
    case 'invalid_union':
      return optionsIn(message) ?? (isZods(message) ? 'is none of what it may be' : message);
    case 'too_small':
      return isZods(message) ? sizeText(issue.origin, issue.minimum, 'least', issue.inclusive) : message;
    case 'too_big':
      return isZods(message) ? sizeText(issue.origin, issue.maximum, 'most', issue.inclusive) : message;
    case 'unrecognized_keys':
      return 'is no field that is known here';
    default:
      return message;
  }
}

/** Messages that zod makes itself begin so; none of ours does. */
function isZods(message: string): boolean {
  return /^(Invalid|Too) /.test(message);
}

function typeText(message: string): string | undefined {
  const [, expected, received] = /^Invalid input: expected (\S+), received (\S+)$/.exec(message) ?? [];
  if (expected === undefined || received === undefined) return undefined;
  return received === 'undefined'
    ? `is required: ${kind(expected)}`
    : `must be ${kind(expected)}, not ${kind(received)}`;
}

function kind(name: string): string {
  return KINDS[name] ?? `a ${name}`;
}

/** Of a union whose kinds a field tells apart, the kinds are in the message only. */
function optionsIn(message: string): string | undefined {
  const [, list] = /^Invalid discriminator value\. Expected (.+)$/.exec(message) ?? [];
  return list === undefined ? undefined : oneOf(list.split(' | ').map((one) => one.replaceAll("'", '')));
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
}

function sizeText(origin: string, limit: number | bigint, end: 'least' | 'most', inclusive = true): string {
  const units: Readonly<Record<string, string>> = {
    string: 'character',
    array: 'item',
    set: 'item',
    map: 'entry',
  };
  const unit = units[origin];
  if (unit === undefined)
    return inclusive
      ? `must be at ${end} ${limit}`
      : `must be ${end === 'least' ? 'more' : 'less'} than ${limit}`;
  if (end === 'least' && limit === 1) return 'must not be empty';
  const plural = unit === 'entry' ? 'entries' : `${unit}s`;
  return `must have at ${end} ${limit} ${limit === 1 ? unit : plural}`;
}

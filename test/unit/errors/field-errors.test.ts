import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fieldErrors } from '../../../shared/errors/field-errors.ts';

function told(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return error === undefined
    ? []
    : fieldErrors(error).map(({ path, message }) => `${path} ${message}`.trim());
}

describe('what a schema finds wrong is said as what must be', () => {
  const animal = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cat') }),
    z.object({ kind: z.literal('dog') }),
  ]);

  test.each<[string, z.ZodType, unknown, string]>([
    ['a field that is missing', z.object({ a: z.string() }), {}, 'a is required: text'],
    ['another type', z.object({ a: z.number() }), { a: 'x' }, 'a must be a number, not text'],
    ['nothing', z.object({ a: z.boolean() }), { a: null }, 'a must be true or false, not null'],
    ['a fraction', z.int(), 1.5, 'must be a whole number, not a number'],
    ['a list for a map', z.record(z.string(), z.string()), [], 'must be an object, not an array'],
    ['a word that is none of those', z.enum(['push', 'tag']), 'merge', 'must be one of push, tag'],
    ['another word', z.literal('v1'), 'v2', 'must be v1'],
    ['a kind that there is not', animal, { kind: 'cow' }, 'kind must be one of cat, dog'],
    ['none of many shapes', z.union([z.string(), z.number()]), true, 'is none of what it may be'],
    ['an empty text', z.string().min(1), '', 'must not be empty'],
    ['a short text', z.string().min(2), 'a', 'must have at least 2 characters'],
    ['a long list', z.array(z.number()).max(1), [1, 2], 'must have at most 1 item'],
    ['a small number', z.number().min(1), 0, 'must be at least 1'],
    ['a number at its bound', z.number().lt(1), 1, 'must be less than 1'],
    [
      'a field that nobody knows',
      z.strictObject({ a: z.strictObject({}) }),
      { a: { 'b c': 1 } },
      'a.b c is no field that is known here',
    ],
    [
      'a key',
      z.record(z.string().regex(/^a/, 'must begin with a'), z.number()),
      { b: 1 },
      'b must begin with a',
    ],
    ['an element', z.array(z.object({ a: z.string() })), [{ a: 'x' }, {}], '[1].a is required: text'],
  ])('%s', (_, schema, value, text) => {
    expect(told(schema, value)).toEqual([text]);
  });

  test('in the words that the schema has of its own', () => {
    const schema = z.object({
      a: z.string('is required: who asks'),
      b: z.enum(['x'], 'must be x, and nothing else'),
      c: z.array(z.string()).min(1, 'names none'),
    });
    expect(told(schema, { b: 'y', c: [] })).toEqual([
      'a is required: who asks',
      'b must be x, and nothing else',
      'c names none',
    ]);
  });

  test('each field that is not known by itself, and no more than fifty errors', () => {
    const keys = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`k${n}`, n]));
    expect(told(z.strictObject({}), { a: 1, b: 2 })).toHaveLength(2);
    expect(told(z.strictObject({}), keys)).toHaveLength(50);
  });
});

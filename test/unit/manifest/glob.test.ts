import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileGlob, globProblem } from '../../../shared/manifest/glob.ts';

describe('a glob', () => {
  it.each([
    ['v*', 'v3.0.1', true],
    ['v*', '1v', false],
    ['feature/*', 'feature/a/b', true],
    ['feature/*', 'feature', false],
    ['{main,master}', 'master', true],
    ['{main,master}', 'mainmaster', false],
    ['{main,release/{1,2}.?}', 'release/2.x', true],
    ['[abc]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a-c]x', 'dx', true],
    ['[]a]x', ']x', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['Main', 'main', false],
    ['', '', true],
    ['', 'a', false],
    ['a}b,c', 'a}b,c', true],
    ['?', '🚀', true],
  ])('%j matches %j: %j', (pattern, text, expected) => {
    if (globProblem(pattern) !== undefined) return expect(expected).toBe(false);
    expect(compileGlob(pattern).matches(text)).toBe(expected);
  });

  it('takes brackets literally where commit messages are matched', () => {
    const glob = compileGlob('[DEPLOY: a]*', { literalBrackets: true });
    expect(glob.matches('[DEPLOY: a] release it')).toBe(true);
    expect(glob.matches('D release it')).toBe(false);
  });

  it.each([
    ['{a,b', "'{' without its '}'"],
    ['[ab', "'[' without its ']'"],
    ['[]', "empty '[]'"],
    ['[z-a]', 'the wrong way round'],
    ['a\\', 'nothing to escape'],
    ['a'.repeat(1_001), 'longer than 1000'],
  ])('refuses %j, saying why', (pattern, reason) => {
    expect(globProblem(pattern)).toContain(reason);
  });

  it('agrees with a regular expression of the same meaning', () => {
    fc.assert(
      fc.property(
        globs,
        fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-'), maxLength: 12 }),
        (parts, text) => {
          const glob = parts.map(([pattern]) => pattern).join('');
          const regex = parts.map(([, expression]) => expression).join('');
          expect(compileGlob(glob).matches(text)).toBe(
            RE2JS.compile(regex, RE2JS.DOTALL).matcher(text).matches(),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes no more steps than pattern times text, however it is nested', () => {
    const hostile = compileGlob(`${'{*a,*b}'.repeat(50)}c`);
    expect(hostile.matches('ab'.repeat(2_000))).toBe(false);
  });
});

/** A part of a glob beside the regular expression that means the same. */
const plain = fc.constantFrom<[string, string]>(
  ['a', 'a'],
  ['b', 'b'],
  ['/', '/'],
  ['.', '\\.'],
  ['*', '.*'],
  ['?', '.'],
  ['[ab]', '[ab]'],
  ['[!a-b]', '[^a-b]'],
  ['\\-', '-'],
);
const globs = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: plain },
    fc
      .array(plain, { minLength: 1, maxLength: 3 })
      .map((parts): [string, string] => [
        `{${parts.map(([glob]) => glob).join(',')}}`,
        `(?:${parts.map(([, regex]) => regex).join('|')})`,
      ]),
  ),
  { maxLength: 6 },
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, globProblem } from '../../../shared/manifest/glob.ts';

describe('a pattern', () => {
  it.each([
    ['main', ['main'], ['Main', 'main2', 'xmain']],
    ['feature/*', ['feature/a', 'feature/a/b', 'feature/'], ['feature', 'bugfix/a']],
    ['v?', ['v1', 'v€'], ['v', 'v12']],
    ['[abc]x', ['ax', 'cx'], ['dx', 'x']],
    ['[!a-c]', ['d', '-'], ['a', 'b', '']],
    ['{main,master}', ['main', 'master'], ['mainmaster', '']],
    ['v{1,{2,3}.*}', ['v1', 'v2.x', 'v3.'], ['v2', 'v4.x']],
    ['\\*', ['*'], ['a']],
    ['', [''], ['a']],
  ])('%s takes %j and not %j', (pattern, taken, left) => {
    const glob = compileGlob(pattern);
    expect(taken.filter(glob.matches)).toEqual(taken);
    expect(left.filter(glob.matches)).toEqual([]);
  });

  it('takes brackets for themselves in commit messages', () => {
    const glob = compileGlob('[DEPLOY: a]*', { literalBrackets: true });
    expect(glob.matches('[DEPLOY: a] and more')).toBe(true);
    expect(glob.matches('D')).toBe(false);
  });

  it.each([
    ['a{b', "'{' without its '}'"],
    ['a[b', "'[' without its ']'"],
    ['a[]', "empty '[]'"],
    ['[z-a]', 'the wrong way round'],
    ['a\\', 'nothing to escape'],
    ['a'.repeat(1_001), 'longer than 1000'],
  ])('%s is refused', (pattern, words) => {
    expect(globProblem(pattern)).toContain(words);
  });

  it('means what the regular expression of its parts means', () => {
    const piece = fc.constantFrom(
      ...Object.entries({
        a: 'a',
        b: 'b',
        '.': '\\.',
        '*': '.*',
        '?': '.',
        '[ab]': '[ab]',
        '[!a-b]': '[^a-b]',
      }),
      ...Object.entries({ '{a,b*}': '(a|b.*)', '{,[.-]}': '(|[.-])', '\\?': '\\?', '(': '\\(' }),
    );
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '?', '(', '/'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, value) => {
        const pattern = pieces.map(([glob]) => glob).join('');
        const expression = new RegExp(`^${pieces.map(([, regex]) => regex).join('')}$`, 's');
        expect(compileGlob(pattern).matches(value), `${pattern} on ${value}`).toBe(expression.test(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never takes long, whatever it is', () => {
    expect(compileGlob('*a'.repeat(300)).matches('a'.repeat(2_000))).toBe(true);
    expect(compileGlob(`${'{a,a}'.repeat(150)}b`).matches('a'.repeat(2_000))).toBe(false);
  });
});

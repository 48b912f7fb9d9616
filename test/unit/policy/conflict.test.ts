import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayPass } from '../../../shared/policy/conflict.ts';
import { expressionProblem, wholeMatch } from '../../../shared/policy/expression.ts';
import { matchesPattern } from '../../../shared/policy/pattern.ts';

describe('whether a restriction could ever let a policy through', () => {
  it.each([
    ['main', 'main', true],
    ['main', 'release/.*', false],
    ['{main,master}', 'master|trunk', true],
    ['{main,master}', 'trunk', false],
    ['release/*', 'release/1\\.2|main', true],
    ['release/*', 'main|master', false],
    ['feature/*', 'release/.*', false],
    ['feature/*', '^(release/.*)$', false],
    ['feature/*', 'f.*', true],
    ['{feature,fix}/*', '(release|hotfix)/.*', true],
    ['!main', 'main', false],
    ['!main', 'main|master', true],
    ['*', 'main', true],
    ['main', '(?i)MAIN', true],
    ['mains', 'mains?x', false],
    ['v[0-9]', 'w.*', false],
  ])('of the branch %s and the expression %s: %j', (branch, expression, may) => {
    expect(mayPass({ event: 'push', branch }, expression)).toBe(may);
  });

  it('is yes for a policy that names no branch', () => {
    expect(mayPass({ event: 'tag', tag: 'v*' }, 'main')).toBe(true);
    expect(mayPass({ event: 'push' }, 'main')).toBe(true);
  });

  it('is never no where some branch passes both', () => {
    const word = fc.constantFrom('main', 'ma', 'release', 'feature', 'a', 'b');
    const globPart = fc.constantFrom(
      'main',
      'ma',
      'release/',
      'feature/',
      'a',
      '*',
      '?',
      '{a,b}',
      '[ab]',
      '{main,}',
    );
    const globs = fc
      .tuple(fc.boolean(), fc.array(globPart, { minLength: 1, maxLength: 4 }))
      .map(([negated, parts]) => (negated ? '!' : '') + parts.join(''));
    const atom = fc.constantFrom(
      'main',
      'ma',
      'release/',
      'feature/',
      'a',
      'b',
      '.*',
      '[ab]',
      'a?',
      'b+',
      '(a|b)',
      '\\.',
      'x{0,2}',
    );
    const branchOf = fc.array(atom, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const expressions = fc
      .tuple(fc.array(branchOf, { minLength: 1, maxLength: 3 }), fc.constantFrom('bare', 'group', 'anchored'))
      .map(([branches, form]) => {
        const text = branches.join('|');
        return form === 'bare' ? text : form === 'group' ? `(${text})` : `^(?:${text})$`;
      });
    const branches = fc
      .array(fc.oneof(word, fc.constantFrom('/', '.', 'x')), { maxLength: 4 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(globs, expressions, branches, (branch, expression, name) => {
        fc.pre(expressionProblem(expression) === undefined);
        fc.pre(matchesPattern(branch, name) && wholeMatch(expression, name));
        expect(mayPass({ event: 'push', branch }, expression)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

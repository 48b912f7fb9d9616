import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeDnsName } from '../../../shared/manifest/dns-name.ts';
import { isSlug } from '../../../shared/manifest/slug.ts';

describe('sanitizeDNSName', () => {
  it.each([
    ['CamelCase_with_snake', 'camelcase-with-snake'],
    ['dependabot/npm_and_yarn/ws-5.2.3', 'dependabot-npm-and-yarn-ws-5-2-3'],
    ['!nope', 'nope'],
    ['--a--b--', 'a-b'],
    ['ÄÖ-x', 'x'],
    ['!!!', ''],
    ['a'.repeat(53), 'a'.repeat(53)],
  ])('makes %s %s', (text, wanted) => {
    expect(sanitizeDnsName(text)).toBe(wanted);
  });

  it('cuts a long name to 46 characters and 6 digits of a hash, so that long names stay apart', () => {
    const [one, other] = [`${'feature-'.repeat(8)}one`, `${'feature-'.repeat(8)}two`].map(sanitizeDnsName);
    expect(one).toMatch(/^(?:feature-){5}featur-[0-9a-f]{6}$/);
    expect(one).toHaveLength(53);
    expect(other).not.toBe(one);
  });

  it('gives a name that an app may have, or nothing, and leaves such a name alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        const name = sanitizeDnsName(text);
        expect(name === '' || isSlug(name) || ['flux', 'dependencies', 'manifests'].includes(name)).toBe(
          true,
        );
        expect(sanitizeDnsName(name)).toBe(name);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Version } from '../../../shared/manifest/version.ts';
import { parseVersionRange } from '../../../shared/manifest/version-range.ts';

function version(text: string): Version {
  const parsed = Version.parse(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

describe('a version', () => {
  it('comes after those that are before it', () => {
    const inOrder = [
      ...[
        '0.0.1',
        '0.1.0',
        '1.0.0-1',
        '1.0.0-2',
        '1.0.0-10',
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-alpha.beta',
      ],
      ...['1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '10.0.0'],
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (mixed) => {
        expect(
          mixed
            .map(version)
            .sort((a, b) => a.compare(b))
            .map(String),
        ).toEqual(inOrder);
      }),
    );
  });

  it.each([
    ['v1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['1.2.3-rc.1+build.5', '1.2.3-rc.1+build.5'],
  ])('may be written %s for %s', (text, wanted) => {
    expect(String(version(text))).toBe(wanted);
  });

  it.each(['', 'latest', '1.2.3.4', '1.', '1.2.3-', '-1', '1.2.3 '])('is not %j', (text) => {
    expect(Version.parse(text)).toBeUndefined();
  });
});

describe('a range of versions', () => {
  it.each([
    ['1.2.3', ['1.2.3', '1.2.3+build'], ['1.2.4', '1.2.3-rc.1']],
    ['1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
    ['1', ['1.0.0', '1.9.9'], ['2.0.0', '0.9.0']],
    ['*', ['0.0.0', '9.9.9'], ['1.0.0-rc.1']],
    ['1.x', ['1.0.0', '1.9.9'], ['2.0.0']],
    ['=1.2.3', ['1.2.3'], ['1.2.4']],
    ['!=1.2.3', ['1.2.4'], ['1.2.3']],
    ['!=1.2', ['1.3.0'], ['1.2.3']],
    ['>1.2.3', ['1.2.4'], ['1.2.3']],
    ['>1.2', ['1.3.0'], ['1.2.9']],
    ['>=1.2', ['1.2.0', '2.0.0'], ['1.1.9']],
    ['<1.2', ['1.1.9'], ['1.2.0']],
    ['<=1.2', ['1.2.9'], ['1.3.0']],
    ['=>1.2.3, =<1.2.5', ['1.2.3', '1.2.5'], ['1.2.6']],
    ['>=1.0 <2.0', ['1.5.0'], ['2.0.0']],
    ['~1.2.3', ['1.2.3', '1.2.9'], ['1.2.2', '1.3.0']],
    ['~1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
    ['~1', ['1.0.0', '1.9.9'], ['2.0.0']],
    ['^1.2.3', ['1.2.3', '1.9.9'], ['1.2.2', '2.0.0']],
    ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '0.2.2']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['^0.0', ['0.0.9'], ['0.1.0']],
    ['^0', ['0.9.9'], ['1.0.0']],
    ['1.2 - 1.4', ['1.2.0', '1.4.9'], ['1.1.9', '1.5.0']],
    ['<1.0 || >=2.0', ['0.9.0', '2.0.0'], ['1.5.0']],
    ['^1.2.3-beta.2', ['1.2.3-beta.4', '1.2.3', '1.3.0'], ['1.2.3-alpha', '2.0.0']],
    ['>=1.0.0-0', ['1.0.0-rc.1', '2.0.0-alpha'], ['0.9.0']],
  ])('%s has %j in it and not %j', (text, inside, outside) => {
    const range = parseVersionRange(text);
    expect(inside.filter((each) => range?.includes(version(each)))).toEqual(inside);
    expect(outside.filter((each) => range?.includes(version(each)))).toEqual([]);
  });

  it.each(['', 'latest', '>', '1.2.3 ||', '^^1', '1.2.3.4', '>=1 <', '9'.repeat(600)])(
    'is not %j',
    (text) => {
      expect(parseVersionRange(text)).toBeUndefined();
    },
  );
});

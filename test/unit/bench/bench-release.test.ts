import { describe, expect, it } from 'vitest';
import { benchRelease, benchReleases } from '../../../bench/git/bench-release.ts';
import { SIZES } from '../../../bench/git/sizes.ts';

describe('releases of the bench', () => {
  it('are the same every time, or a repo in the cache would not be the one that is meant', () => {
    expect(benchReleases(SIZES.M, 9_990, 20)).toEqual(benchReleases(SIZES.M, 9_990, 20));
  });

  it.each(['S', 'M', 'L'] as const)('reach every target of %s before the first comes again', (name) => {
    const { apps, environments } = SIZES[name];
    const targets = apps * environments.length;
    const directories = new Set(
      Array.from({ length: targets }, (_, index) => benchRelease(SIZES[name], index).directory),
    );
    expect(directories.size).toBe(targets);
  });

  it('have files of a realistic size, and each its own', () => {
    const [first, second] = benchReleases(SIZES.S, 500, 2);
    for (const bytes of first?.files.values() ?? []) {
      expect(bytes.length).toBeGreaterThan(500);
      expect(bytes.length).toBeLessThan(2_500);
    }
    expect(first?.files.get('deployment.yaml')).not.toEqual(second?.files.get('deployment.yaml'));
    expect(first?.message).not.toBe(second?.message);
  });
});

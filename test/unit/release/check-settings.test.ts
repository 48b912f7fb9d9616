import { describe, expect, it } from 'vitest';
import { settingsProblems } from '../../../shared/release/check-settings.ts';
import { readDeployed } from '../../../shared/release/deployed-settings.ts';
import { parseSettings } from '../../../shared/release/settings.ts';

const repo = 'https://git.example.com/gitops.git';
const problems = (environments: object, rest: object = {}) =>
  settingsProblems(parseSettings(JSON.stringify({ gitops: { repo }, environments, ...rest }))).map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe('settings that do not fit together', () => {
  it('name a cluster that is not described', () => {
    const clusters = { eu: {} };
    expect(problems({ a: { cluster: 'eu' } }, { clusters })).toEqual([]);
    expect(problems({ a: { cluster: 'us' } }, { clusters })).toEqual([
      "environments.a.cluster: 'us' is not in clusters: those are eu",
    ]);
    expect(problems({ a: { cluster: 'constructor' } })).toEqual([
      "environments.a.cluster: 'constructor' is not in clusters: none is described",
    ]);
  });

  it('put two flat environments, or a flat one and others, into one branch, however the repo is spelt', () => {
    const flat = (branch: string, url = repo) => ({ gitops: { repo: url, branch, layout: 'flat' } });
    expect(problems({ a: flat('a'), b: flat('b') })).toEqual([]);
    expect(problems({ a: flat('a'), b: flat('a', 'https://GIT.example.com/gitops/') })).toEqual([
      expect.stringMatching(/^environments\.a\.gitops: is flat.*'b' would be there/),
      expect.stringMatching(/^environments\.b\.gitops: is flat.*'a' would be there/),
    ]);
    expect(problems({ a: flat('live'), b: { gitops: { branch: 'live' } } })).toHaveLength(1);
    expect(problems({ a: flat('main') })).toEqual([
      expect.stringMatching(/every environment that is not described would be there/),
    ]);
  });

  it('let environments share a branch where each has its directory', () => {
    expect(
      problems({ a: {}, b: {}, c: { gitops: { branch: 'live' } }, d: { gitops: { branch: 'live' } } }),
    ).toEqual([]);
  });

  it('give one repo two engines, or two paces', () => {
    const own = (fields: object) => ({ gitops: { repo: 'https://git.example.com/other', ...fields } });
    expect(problems({ a: own({ pushesPerMinute: 6 }), b: own({ pushesPerMinute: 6 }) })).toEqual([]);
    expect(
      problems({ a: own({ pushesPerMinute: 6 }), b: own({ pushesPerMinute: 7, engine: 'smart-http' }) }),
    ).toEqual([
      'environments.b.gitops.pushesPerMinute: is another than environments.a.gitops.pushesPerMinute, of the same repo',
    ]);
  });

  it('keep a function from starting', () => {
    const json = JSON.stringify({
      gitops: { repo },
      environments: { a: { cluster: 'x' }, b: { cluster: 'y' } },
    });
    expect(() => readDeployed(json)).toThrow(/environments\.a\.cluster.*environments\.b\.cluster/);
  });
});

import { describe, expect, it } from 'vitest';
import {
  approvalRule,
  clusterOf,
  feedbackOf,
  gitEngineOf,
  gitOpsLocation,
  isProtected,
  parseSettings,
  pushesPerMinute,
  releaseMode,
  renderSettings,
  teamsOf,
} from '../../../shared/release/settings.ts';

const repo = 'https://git.example.com/gitops.git';
const settings = (rest: Record<string, unknown> = {}, gitops: Record<string, unknown> = {}) =>
  parseSettings(JSON.stringify({ gitops: { repo, ...gitops }, ...rest }));

describe('settings', () => {
  it('say where each environment lives: its own location over the common one', () => {
    const parsed = settings({ environments: { production: { gitops: { branch: 'live', layout: 'flat' } } } });
    expect(gitOpsLocation(parsed, 'staging')).toEqual({ repo, branch: 'main', layout: 'directories' });
    expect(gitOpsLocation(parsed, 'production')).toEqual({ repo, branch: 'live', layout: 'flat' });
  });

  it('leave the common branch and layout alone where an environment sets only its repo', () => {
    const other = 'https://git.example.com/other.git';
    const parsed = settings(
      { environments: { production: { gitops: { repo: other } } } },
      { branch: 'trunk' },
    );
    expect(gitOpsLocation(parsed, 'production')).toEqual({
      repo: other,
      branch: 'trunk',
      layout: 'directories',
    });
  });

  it('allow GitHub six pushes a minute and others any number, unless they say otherwise', () => {
    const github = 'https://github.com/acme/gitops.git';
    expect(pushesPerMinute(settings(), repo)).toBeUndefined();
    expect(pushesPerMinute(settings(), github)).toBe(6);
    expect(pushesPerMinute(settings({}, { pushesPerMinute: 30 }), repo)).toBe(30);
    const own = settings({ environments: { production: { gitops: { repo: github, pushesPerMinute: 60 } } } });
    expect(pushesPerMinute(own, github)).toBe(60);
    expect(pushesPerMinute(own, repo)).toBeUndefined();
  });

  it('ask for approvals where they say so, within a day unless they say otherwise', () => {
    const asking = (approvals: object) => settings({ environments: { production: { approvals } } });
    expect(approvalRule(asking({ required: 2 }), 'production')).toEqual({ required: 2, withinHours: 24 });
    expect(approvalRule(asking({ required: 1, withinHours: 4 }), 'production')).toEqual({
      required: 1,
      withinHours: 4,
    });
    expect(approvalRule(asking({ required: 2 }), 'staging')).toBeUndefined();
    for (const wrong of [{}, { required: 0 }, { required: 11 }, { required: 1, withinHours: 721 }]) {
      expect(() => asking(wrong)).toThrow(/environments\.production\.approvals\.(required|withinHours)/);
    }
  });

  it('choose the engine of a repo', () => {
    const slow = 'https://old.example.com/gitops.git';
    const parsed = settings({ environments: { old: { gitops: { repo: slow, engine: 'isomorphic-git' } } } });
    expect([gitEngineOf(parsed, repo), gitEngineOf(parsed, slow)]).toEqual(['smart-http', 'isomorphic-git']);
  });

  it('render for a pinned Kubernetes version, and forbid what an environment has not allowed', () => {
    const parsed = settings({ environments: { infra: { kubeVersion: '1.34.1', allowClusterScoped: true } } });
    expect(renderSettings(parsed, 'staging')).toMatchObject({
      allowClusterScoped: false,
      allowPlainSecrets: false,
    });
    expect(renderSettings(parsed, 'infra')).toMatchObject({
      kubeVersion: '1.34.1',
      allowClusterScoped: true,
    });
  });

  it('render for the cluster of an environment, unless it says otherwise itself', () => {
    const parsed = settings({
      clusters: { eu: { kubeVersion: '1.32.0', apiVersions: ['monitoring.coreos.com/v1'] } },
      environments: {
        staging: { cluster: 'eu' },
        canary: { cluster: 'eu', kubeVersion: '1.34.0' },
        lost: { cluster: 'us' },
      },
    });
    expect(renderSettings(parsed, 'staging')).toMatchObject({
      kubeVersion: '1.32.0',
      apiVersions: ['monitoring.coreos.com/v1'],
    });
    expect(renderSettings(parsed, 'canary').kubeVersion).toBe('1.34.0');
    expect(clusterOf(parsed, 'staging')).toMatchObject({ name: 'eu' });
    expect(clusterOf(parsed, 'lost')).toBeUndefined();
    expect(clusterOf(parsed, 'elsewhere')).toBeUndefined();
  });

  it('protect, keep and listen to nothing where an environment says nothing', () => {
    const parsed = settings({
      environments: { production: { protected: true, releases: 'keep-all', feedback: 'flux' } },
    });
    const of = (env: string) => [isProtected(parsed, env), releaseMode(parsed, env), feedbackOf(parsed, env)];
    expect(of('production')).toEqual([true, 'keep-all', 'flux']);
    expect(of('staging')).toEqual([false, 'latest', 'none']);
  });

  it('know who owns an app: every team with a glob that names it', () => {
    const parsed = settings({
      teams: {
        platform: { apps: ['*'] },
        payments: { apps: ['pay-*', 'ledger'], members: ['jane'] },
        growth: { apps: ['shop'] },
      },
    });
    expect(teamsOf(parsed, 'ledger')).toEqual(['payments', 'platform']);
    expect(teamsOf(parsed, 'pay-out')).toEqual(['payments', 'platform']);
    expect(teamsOf(parsed, 'ledger-ui')).toEqual(['platform']);
  });

  it.each([
    [JSON.stringify({ gitops: { repo }, teams: { a: { apps: ['{x'] } } }), 'teams.a.apps[0]'],
    [JSON.stringify({ gitops: { repo }, teams: { a: { apps: [] } } }), 'teams.a.apps'],
    [
      JSON.stringify({ gitops: { repo }, environments: { a: { releases: 'all' } } }),
      'environments.a.releases',
    ],
    ['{', 'not JSON'],
    ['{}', 'gitops'],
    [JSON.stringify({ gitops: { repo: 'nowhere' } }), 'gitops.repo'],
    [JSON.stringify({ gitops: { repo }, writerLanes: 0 }), 'writerLanes'],
    [JSON.stringify({ gitops: { repo }, enviroments: {} }), 'enviroments'],
  ])('%s are refused, naming the field', (json, names) => {
    expect(() => parseSettings(json)).toThrow(names);
  });
});

import { describe, expect, it } from 'vitest';
import {
  gitEngineOf,
  gitOpsLocation,
  parseSettings,
  pushesPerMinute,
  renderSettings,
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

  it.each([
    ['{', 'not JSON'],
    ['{}', 'gitops'],
    [JSON.stringify({ gitops: { repo: 'nowhere' } }), 'gitops.repo'],
    [JSON.stringify({ gitops: { repo }, writerLanes: 0 }), 'writerLanes'],
    [JSON.stringify({ gitops: { repo }, enviroments: {} }), 'enviroments'],
  ])('%s are refused, naming the field', (json, names) => {
    expect(() => parseSettings(json)).toThrow(names);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Version } from '../../../shared/artifact/artifact.ts';
import type { Deploy } from '../../../shared/manifest/manifest-schema.ts';
import { evaluateDeploy } from '../../../shared/policy/evaluate-deploy.ts';

const push = (branch: string, message = ''): Version => ({
  repositoryName: 'acme/shop',
  sha: 'abc123',
  event: 'push',
  branch,
  message,
});
const pr = (sourceBranch: string): Version => ({ ...push('main'), event: 'pr', sourceBranch });
const tag = (name: string): Version => ({ ...push('main'), event: 'tag', tag: name });

describe('a deploy policy', () => {
  it.each<[Deploy, Version, boolean]>([
    [{ branch: 'main' }, push('main'), false],
    [{ event: 'push' }, push('main'), true],
    [{ branch: 'feature/*', event: 'pr' }, pr('feature/coolness'), true],
    [{ tag: 'v*', event: 'tag' }, tag('v3.0.1'), true],
    [{ tag: '!v1*', event: 'tag' }, tag('v1.2'), false],
    [{ tag: '!v1*', event: 'tag' }, tag('v2.0'), true],
    [{ branch: '!main', event: 'push' }, push('a-bugfix'), true],
    [{ branch: '!{main,master}', event: 'push' }, push('master'), false],
    [
      { branch: 'main', event: 'push', commitMessagePatterns: ['[DEPLOY: a]*'] },
      push('main', '[DEPLOY: b] x'),
      false,
    ],
    [
      { branch: 'main', event: 'push', commitMessagePatterns: ['[DEPLOY: a]*'] },
      push('main', '[DEPLOY: a] x'),
      true,
    ],
    [
      { branch: 'main', event: 'push', commitMessagePatterns: ['[DEPLOY: a]*'] },
      push('main', 'x [DEPLOY: ALL]'),
      true,
    ],
    [{}, push('main'), false],
    [{ event: 'tag' }, push('main'), false],
  ])('%j on %j fires: %j', (deploy, version, fires) => {
    expect(evaluateDeploy(deploy, version).fires).toBe(fires);
  });

  it('holds a pull request against the branch it comes from, never the one it wants to go to', () => {
    const intoMain: Version = { ...pr('feature/x'), branch: 'main' };
    expect(evaluateDeploy({ branch: 'main', event: 'pr' }, intoMain).fires).toBe(false);
  });

  it('is invalid when it asks for a branch of a tag or a tag of a push', () => {
    expect(evaluateDeploy({ branch: 'main', event: 'tag' }, tag('v1')).invalid).toContain('event: push');
    expect(evaluateDeploy({ tag: 'v1', event: 'push' }, push('main')).invalid).toContain('event: tag');
  });

  it('keeps the verdict of every condition, with what it wanted and saw', () => {
    const deploy: Deploy = { event: 'push', branch: 'main', commitMessagePatterns: ['ship*'] };
    const { conditions } = evaluateDeploy(deploy, { ...push('dev', 'wip') });
    expect(conditions).toEqual([
      { name: 'event', holds: true, wanted: 'push', saw: 'push' },
      { name: 'branch', holds: false, wanted: 'main', saw: 'dev' },
      { name: 'commitMessage', holds: false, wanted: 'any of ship*', saw: 'wip' },
    ]);
  });

  it('tells of long messages and patterns the beginning, which an item of the table can hold', () => {
    const commitMessagePatterns = Array.from({ length: 100 }, (_, n) => `${'猫'.repeat(900)}${n}`);
    const { conditions } = evaluateDeploy(
      { event: 'push', commitMessagePatterns },
      push('main', `x${'🚀'.repeat(50_000)}`),
    );
    const told = JSON.stringify(conditions);
    expect(told.length).toBeLessThan(2_000);
    // Half a character would be written as an escape.
    expect(told).not.toContain('\\ud');
  });

  it('fires exactly when each of its conditions holds', () => {
    const events = fc.constantFrom('push' as const, 'tag' as const, 'pr' as const);
    const names = fc.constantFrom('main', 'master', 'v1', 'feature/x');
    const patterns = fc.constantFrom('main', '!main', 'feature/*', 'v*', '*', '!*');
    const policies = fc.record(
      {
        event: events,
        branch: patterns,
        tag: patterns,
        commitMessagePatterns: fc.array(patterns, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    const versions = fc.record({
      repositoryName: fc.constant('acme/shop'),
      sha: fc.constant('abc'),
      event: events,
      branch: names,
      tag: names,
      message: names,
    });
    fc.assert(
      fc.property(policies, versions, (policy, version) => {
        const { fires, invalid, conditions } = evaluateDeploy(policy as Deploy, version);
        expect(fires).toBe(invalid === undefined && conditions.every(({ holds }) => holds));
        expect(conditions.length).toBeGreaterThan(0);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseArtifact } from '../../../shared/artifact/parse-artifact.ts';
import { evaluateManifest } from '../../../shared/policy/evaluate-manifest.ts';
import { NO_CONTROLS } from '../../../shared/policy/gates.ts';
import { manifestTargets } from '../../../shared/policy/manifest-target.ts';
import { artifactDocument, manifest } from '../../support/stores.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

/** What is said of a preview of the app `shop` that CI pushes from a branch; its own `deploy` asks for pull requests. */
function evaluate(branch: string, event = 'push') {
  const preview = manifest('shop-preview', 'staging', { preview: true, deploy: { event: 'pr' } });
  const version = { repositoryName: 'acme/shop', sha: 'abc', branch, event };
  const document = artifactDocument({
    version,
    context: { BRANCH: branch, SHA: 'abc' },
    environments: [preview],
  });
  const artifact = { ...parseArtifact(document), created: NOW / 1000, digest: 'digest', order: 1 };
  const [target] = manifestTargets(artifact);
  if (!target) throw new Error('there is no manifest');
  const state = { policies: [], hold: undefined, controls: NO_CONTROLS };
  return evaluateManifest({ artifact, target, ...state, now: NOW });
}

describe('a preview', () => {
  it('is released to an app of its branch when the branch is pushed', () => {
    expect(evaluate('feature/Cool')).toMatchObject({
      app: 'shop-feature-cool',
      env: 'staging',
      outcome: 'released',
    });
  });

  it.each([
    ['main', 'push'],
    ['master', 'push'],
    ['feature/x', 'pr'],
  ])('is not released by %s, %s', (branch, event) => {
    expect(evaluate(branch, event).outcome).toBe('notMatched');
  });

  it('keeps long branches that begin alike apart', () => {
    const branch = 'feature/a-very-long-branch-name-that-somebody-thought-good';
    const [one, other] = [evaluate(`${branch}-1`), evaluate(`${branch}-2`)];
    expect(one.outcome).toBe('released');
    expect(one.app).not.toBe(other.app);
  });
});

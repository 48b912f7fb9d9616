import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../../shared/manifest/manifest-schema.ts';

function problems(manifest: unknown): string[] {
  const parsed = manifestSchema.safeParse(manifest);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a manifest as it travels', () => {
  it('may have its keys in any letter case, as Go clients send them', () => {
    const sent = {
      App: 'myapp',
      Env: 'staging',
      Namespace: 'my-team',
      Chart: { Repository: 'https://x.example', Name: 'web', Version: '1.0.0' },
      Values: { Replicas: 1 },
      StrategicMergePatches: 'x',
      Deploy: { Event: 'push', Branch: 'main' },
    };
    expect(manifestSchema.parse(sent)).toEqual({
      app: 'myapp',
      env: 'staging',
      namespace: 'my-team',
      chart: { repository: 'https://x.example', name: 'web', version: '1.0.0' },
      values: { Replicas: 1 },
      strategicMergePatches: 'x',
      deploy: { event: 'push', branch: 'main' },
    });
  });

  it('takes the key that is spelt right when there are two, and passes over what it does not know', () => {
    expect(manifestSchema.parse({ APP: 'wrong', app: 'right', nonsense: 1 })).toEqual({ app: 'right' });
  });

  it("may be the proposal's, with a name only, and has no field that is null", () => {
    expect(manifestSchema.parse({ name: 'staging', app: null, values: null })).toEqual({ env: 'staging' });
    expect(manifestSchema.parse({ name: 'other', env: 'staging' })).toEqual({ env: 'staging' });
  });

  it('may have names that are still templates', () => {
    expect(problems({ app: 'myapp-{{ .BRANCH }}', env: '{{ .ENV }}' })).toEqual([]);
  });

  it.each([
    [{ app: '../x' }, /^app: must be 1 to 53/],
    [{ env: 'flux' }, /^env: 'flux' is a reserved word/],
    [{ namespace: 'A' }, /^namespace: /],
    [{ app: '' }, /^app: /],
    [{ deploy: { event: 'pushed' } }, /^deploy.event: /],
    [{ deploy: { branch: 'a{b' } }, /^deploy.branch: .*without its/],
    [{ deploy: { tag: '!v[' } }, /^deploy.tag: /],
    [{ deploy: { commitMessagePatterns: ['[x', '{'] } }, /^deploy.commitMessagePatterns.1: /],
    [{ values: [] }, /^values: /],
    [{ manifests: {} }, /^manifests: /],
    [{ json6902Patches: [{ patch: '' }] }, /^json6902Patches.0.target: /],
  ])('is refused: %j', (manifest, problem) => {
    expect(problems(manifest)).toEqual([expect.stringMatching(problem)]);
  });
});

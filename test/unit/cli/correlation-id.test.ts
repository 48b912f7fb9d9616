import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlationId } from '../../../cli/ci/correlation-id.ts';

/** What the server keeps; anything else it replaces by an id of its own. */
const TAKEN = /^[\w.:/-]{1,100}$/;

describe('the correlation id of a run', () => {
  it('is that of the CI job', () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '1042',
      GITHUB_RUN_ATTEMPT: '2',
    };
    expect(correlationId(env)).toBe('github-actions:1042-2:acme/shop');
  });

  it('is what somebody has set, before that', () => {
    expect(correlationId({ GITLAB_CI: 'true', GIMLET_CORRELATION_ID: 'change-7' })).toBe('change-7');
  });

  it('is left to the server outside of a job', () => {
    expect(correlationId({ HOME: '/root' })).toBeUndefined();
  });

  it('is one that the server takes, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }), (text) => {
        expect(correlationId({ GIMLET_CORRELATION_ID: text })).toMatch(TAKEN);
        const run = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: text, GITHUB_RUN_ID: '7' };
        expect(correlationId(run)).toMatch(TAKEN);
        expect(correlationId(run)).toMatch(/^github-actions:7-1/);
      }),
    );
  });
});

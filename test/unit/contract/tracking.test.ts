import { describe, expect, it } from 'vitest';
import { type TrackedPart, toTrackAnswer, trackAnswer } from '../../../shared/contract/tracking.ts';
import type { Release } from '../../../shared/release/release.ts';
import type { ReleaseState } from '../../../shared/release/release-state.ts';

const COMMIT = 'a'.repeat(40);

function part(state: ReleaseState, of: Partial<Release> = {}): TrackedPart {
  const release: Release = {
    id: 'rel-1',
    app: 'shop',
    env: 'staging',
    change: { kind: 'deploy' },
    artifactId: 'shop-1',
    manifestIndex: 0,
    version: { repositoryName: 'acme/shop', sha: 'abc', event: 'push' },
    cause: 'arrival',
    automatic: true,
    triggeredBy: 'policy',
    reason: 'released',
    order: 1,
    location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
    state,
    revision: 1,
    times: {},
    attempts: 0,
    ...of,
  };
  return { app: 'shop', env: 'staging', release };
}

/** The answer as it goes over the wire. */
function tracked(parts: readonly TrackedPart[], { known = true, nothing = 'nothing was released' } = {}) {
  const answer = JSON.parse(JSON.stringify(toTrackAnswer({ type: 'artifact', known, parts, nothing })));
  trackAnswer.parse(answer);
  return answer;
}

describe('tracking, as clients that exist read it', () => {
  it('is new until it is known what there will be', () => {
    expect(tracked([], { known: false })).toEqual({
      type: 'artifact',
      status: 'new',
      statusDesc: 'it waits to be processed',
      desc: 'it waits to be processed',
    });
  });

  it('is an error with the reason, and no results at all, when there is nothing to write', () => {
    expect(tracked([])).toEqual({
      type: 'artifact',
      status: 'error',
      statusDesc: 'nothing was released',
      desc: 'nothing was released',
    });
  });

  it.each<ReleaseState>(['queued', 'rendering', 'ready', 'writing'])(
    'is progressing while it is %s',
    (state) => {
      const answer = tracked([part(state)]);
      expect(answer).toMatchObject({
        status: 'processed',
        results: [{ status: 'pending', hash: '', gitopsCommitStatus: 'Progressing' }],
      });
      expect(answer).not.toHaveProperty('gitopsHashes');
    },
  );

  it('is progressing while people are to approve it, and says so', () => {
    const approval = {
      required: 2,
      ruleVersion: 'v',
      expiresAt: Date.parse('2026-11-30T12:00:00Z'),
      given: [],
    };
    const statusDesc = 'waits for 2 approvals until 2026-11-30T12:00:00.000Z';
    expect(tracked([part('waiting', { approval })]).results).toMatchObject([
      { status: 'pending', statusDesc, gitopsCommitStatus: 'Progressing' },
    ]);
    const rejected = tracked([part('rejected', { approval, outcomeReason: 'rejected by ann: no' })]);
    expect(rejected.results).toMatchObject([{ status: 'failure', statusDesc: 'rejected by ann: no' }]);
  });

  it('is progressing before its release is made', () => {
    expect(tracked([{ app: 'shop', env: 'staging' }]).results).toMatchObject([{ status: 'pending' }]);
  });

  it('has succeeded when it is written, since no cluster tells more', () => {
    const statusDesc = 'written; no cluster feedback configured';
    expect(tracked([part('released', { commit: COMMIT })])).toEqual({
      type: 'artifact',
      status: 'processed',
      statusDesc: '',
      desc: '',
      gitopsHashes: [{ hash: COMMIT, status: 'ReconciliationSucceeded', statusDesc }],
      results: [
        {
          app: 'shop',
          env: 'staging',
          hash: COMMIT,
          status: 'success',
          statusDesc: 'written',
          gitopsCommitStatus: 'ReconciliationSucceeded',
          gitopsCommitStatusDesc: statusDesc,
        },
      ],
    });
  });

  it('reports the running commit when nothing had to be changed', () => {
    expect(tracked([part('unchanged', { commit: COMMIT })]).results).toMatchObject([
      { hash: COMMIT, status: 'success', gitopsCommitStatus: 'ReconciliationSucceeded' },
    ]);
  });

  it.each<ReleaseState>(['superseded', 'held', 'failed', 'cancelled'])(
    'is an error when all of it is %s',
    (state) => {
      const answer = tracked([part(state, { outcomeReason: 'of this' })]);
      expect(answer).toMatchObject({
        status: 'error',
        statusDesc: 'staging/shop: of this',
        results: [{ status: 'failure', gitopsCommitStatus: 'ReconciliationFailed', statusDesc: 'of this' }],
      });
      expect(answer).not.toHaveProperty('gitopsHashes');
    },
  );

  it('hides no failure behind a success', () => {
    const refused = { app: 'db', env: 'staging', refused: 'automation is held by jane' };
    const answer = tracked([part('released', { commit: COMMIT }), refused]);
    expect(answer.status).toBe('processed');
    expect(answer.results).toMatchObject([
      { status: 'success' },
      { app: 'db', status: 'failure', gitopsCommitStatusDesc: 'automation is held by jane' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Release } from '../../../shared/release/release.ts';
import { releaseNotice } from '../../../shared/release/release-notice.ts';
import type { ReleaseState } from '../../../shared/release/release-state.ts';

const release = (fields: Partial<Release>): Release => ({
  id: 'rel-1',
  app: 'shop',
  env: 'staging',
  change: { kind: 'deploy' },
  artifactId: 'shop-1',
  manifestIndex: 0,
  version: { repositoryName: 'acme/shop', sha: '0123456789abcdef', event: 'push' },
  cause: 'arrival',
  automatic: true,
  triggeredBy: 'policy',
  reason: 'released: event push matches push',
  order: 7,
  location: { repo: 'https://git.example.com/gitops.git', branch: 'main', layout: 'directories' },
  state: 'released',
  revision: 5,
  attempts: 1,
  times: { released: 42 },
  ...fields,
});
const rollback = { kind: 'rollback', tree: 't', bundle: 'b', restores: 'rel-0' } as const;
const approval = {
  ...{ required: 2, ruleVersion: 'v', expiresAt: Date.parse('2026-11-30T12:00:00Z') },
  given: [{ id: 'token-1', name: 'ann', at: 1 }],
};
const byJane = { automatic: false, triggeredBy: 'jane' } as const;

describe('the notice of a release', () => {
  it.each([
    [{}, 'release.released', 'staging/shop was released to 0123456789ab automatically'],
    [byJane, 'release.released', 'staging/shop was released to 0123456789ab by jane'],
    [
      { ...byJane, change: rollback },
      'release.rolledBack',
      'staging/shop was rolled back to 0123456789ab by jane',
    ],
    [
      { ...byJane, change: { kind: 'delete' } as const },
      'release.deleted',
      'staging/shop was deleted by jane',
    ],
    [
      { state: 'failed', outcomeReason: 'no chart', errorCode: 'chart-not-found' } as const,
      'release.failed',
      'staging/shop: the release of 0123456789ab, asked for automatically, failed',
    ],
    [
      { ...byJane, change: rollback, state: 'unchanged' } as const,
      'release.unchanged',
      'staging/shop: the rollback, asked for by jane, changed nothing',
    ],
    [
      { ...byJane, state: 'waiting', approval } as const,
      'release.waiting',
      'staging/shop: the release of 0123456789ab, asked for by jane, waits for 1 approval until 2026-11-30T12:00:00.000Z',
    ],
    [
      { ...byJane, state: 'rejected', approval } as const,
      'release.rejected',
      'staging/shop: the release of 0123456789ab, asked for by jane, was rejected',
    ],
    [
      { ...byJane, change: rollback, state: 'expired', approval } as const,
      'release.expired',
      'staging/shop: the rollback, asked for by jane, expired',
    ],
  ])('of %j is %s: %s', (fields, type, text) => {
    expect(releaseNotice(release(fields))).toMatchObject({ type, text, env: 'staging', app: 'shop' });
  });

  it('has its reason, its facts and its time', () => {
    const failed = release({
      state: 'failed',
      outcomeReason: 'no chart',
      errorCode: 'chart-not-found',
      times: { failed: 9 },
    });
    expect(releaseNotice(failed)).toMatchObject({
      at: 9,
      reason: 'no chart',
      data: {
        releaseId: 'rel-1',
        artifactId: 'shop-1',
        state: 'failed',
        errorCode: 'chart-not-found',
        order: 7,
      },
    });
  });

  it('says who has approved it, and how many must', () => {
    expect(releaseNotice(release({ state: 'waiting', approval }))?.data).toMatchObject({
      approval: { required: 2, expiresAt: approval.expiresAt, approvedBy: ['ann'] },
    });
  });

  it('has an id of the release and its end, whoever asks and when', () => {
    const ids = [
      release({}),
      release({ revision: 9, reason: 'x' }),
      release({ id: 'rel-2' }),
      release({ state: 'held' }),
    ].map((one) => releaseNotice(one)?.id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it.each(['queued', 'rendering', 'ready', 'writing'] satisfies ReleaseState[])(
    'is none while it is %s',
    (state) => {
      expect(releaseNotice(release({ state }))).toBeUndefined();
    },
  );
});

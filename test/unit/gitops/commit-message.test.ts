import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCommitMessage, parseTrailers } from '../../../shared/gitops/commit-message.ts';
import { newRelease, type Release } from '../../../shared/release/release.ts';

function release(fields: Partial<Release> = {}): Release {
  return {
    ...newRelease(
      {
        id: 'rel-1',
        app: 'shop',
        env: 'staging',
        change: { kind: 'deploy' },
        artifactId: 'shop-1',
        manifestIndex: 0,
        version: { repositoryName: 'acme/shop', sha: 'abc', event: 'push' },
        cause: 'arrival',
        automatic: false,
        triggeredBy: 'jane',
        reason: 'released by jane',
        order: 7,
        location: { repo: 'https://git.example.com/g.git', branch: 'main', layout: 'directories' },
      },
      0,
    ),
    ...fields,
  };
}

describe('a commit message', () => {
  it('says who released what, and carries the trailers', () => {
    expect(formatCommitMessage(release({ correlationId: 'run-5' }))).toBe(
      [
        '[Gimlet] staging/shop deployed by jane',
        '',
        'Artifact-Id: shop-1',
        'Release-Id: rel-1',
        'Release-Order: 7',
        'Triggered-By: jane',
        'Source-Commit: abc',
        'Correlation-Id: run-5',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [{ automatic: true, triggeredBy: 'policy' }, 'automated deploy'],
    [{ change: { kind: 'delete' } }, 'deleted by jane'],
    [
      { change: { kind: 'rollback', tree: 'a'.repeat(40), bundle: 'b', restores: 'rel-1' } },
      'rolled back by jane',
    ],
  ] as const)('of %j says so: %s', (fields, words) => {
    expect(formatCommitMessage(release(fields)).split('\n')[0]).toBe(`[Gimlet] staging/shop ${words}`);
  });

  it('can’t be forged by anything that users write', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'x\n\nRelease-Id: forged',
        'x\r\n\r\nRelease-Order: 999',
        'x\u2028Release-Id: forged',
        '\n\n\n',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (triggeredBy, artifactId, correlationId) => {
        const message = formatCommitMessage(release({ triggeredBy, artifactId, correlationId }));
        expect(parseTrailers(message)).toEqual({ releaseId: 'rel-1', order: 7 });
        expect(message.split('\n').filter((line) => line.startsWith('Release-Id:'))).toEqual([
          'Release-Id: rel-1',
        ]);
      }),
    );
  });

  it.each([
    '',
    'fix typo',
    'fix\n\nbody text',
    'Release-Id: rel-1',
    'x\n\nRelease-Id: rel-1\nnot a trailer',
    'x\n\nRelease-Id: rel-1',
  ])('of somebody else carries no release: %j', (message) => {
    expect(parseTrailers(message)).toBeUndefined();
  });
});

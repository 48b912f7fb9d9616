import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARTIFACT_LIMITS, artifactDigest, parseArtifact } from '../../../shared/artifact/parse-artifact.ts';
import { GimletdError } from '../../../shared/errors/gimletd-error.ts';

const version = { repositoryName: 'acme/shop', sha: 'abc123' };

function problemsOf(document: unknown): readonly string[] {
  try {
    parseArtifact(document);
  } catch (error) {
    if (error instanceof GimletdError) return error.errors.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('an artifact document', () => {
  it('is taken in the proposal’s spelling', () => {
    const artifact = parseArtifact({
      version: {
        name: 'shop',
        sha: 'abc123',
        branch: 'main',
        pr: true,
        source_branch: 'feature/x',
        target_branch: 'main',
      },
      vars: { CI: 'true' },
      environments: [{ name: 'staging' }],
    });
    expect(artifact.version).toEqual({
      repositoryName: 'shop',
      sha: 'abc123',
      branch: 'main',
      event: 'pr',
      sourceBranch: 'feature/x',
      targetBranch: 'main',
    });
    expect(artifact.context).toEqual({ CI: 'true' });
    expect(artifact.environments).toEqual([{ env: 'staging' }]);
  });

  it('is taken with manifest keys in any letter case', () => {
    const { environments } = parseArtifact({
      version,
      environments: [
        {
          App: 'shop',
          ENV: 'staging',
          Chart: { Name: 'web', REPOSITORY: 'https://charts.example.com' },
          Deploy: { Event: 'push' },
        },
      ],
    });
    expect(environments).toEqual([
      {
        app: 'shop',
        env: 'staging',
        chart: { name: 'web', repository: 'https://charts.example.com' },
        deploy: { event: 'push' },
      },
    ]);
  });

  it.each([
    [{ ...version, tag: 'v1' }, 'tag'],
    [version, 'push'],
    [{ ...version, tag: 'v1', event: 'push' }, 'push'],
  ])('%j is a %s', (sent, event) => {
    expect(parseArtifact({ version: sent }).version.event).toBe(event);
  });

  it('takes version.created as unix seconds or RFC 3339', () => {
    const created = (value: unknown) =>
      parseArtifact({ version: { ...version, created: value } }).version.created;
    expect(created(1_634_734_120)).toBe(1_634_734_120);
    expect(created('2021-10-20T12:48:40Z')).toBe(1_634_734_120);
    expect(problemsOf({ version: { ...version, created: 'yesterday' } })).toEqual(['version.created']);
  });

  it('gets ids that tell apart what one commit becomes', () => {
    const ids = [
      { ...version, branch: 'main' },
      { ...version, branch: 'feature/x' },
      { ...version, tag: 'v1' },
      { ...version, branch: 'main', pr: true, source_branch: 'feature/x' },
    ].map((sent) => parseArtifact({ version: sent }).id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^acme\/shop-abc123-[0-9a-f]{8}$/);
  });

  it('keeps the client’s id byte for byte', () => {
    expect(parseArtifact({ id: 'Shop/1.0 +ä', version }).id).toBe('Shop/1.0 +ä');
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['']],
    ['a list', [], ['']],
    ['no version', {}, ['version']],
    ['no repository', { version: { sha: 'abc' } }, ['version.repositoryName']],
    ['an unknown event', { version: { ...version, event: 'merge' } }, ['version.event']],
    ['a sha that is none', { version: { ...version, sha: '../x' } }, ['version.sha']],
    ['a wrong app', { version, environments: [{ app: 'Shop', env: 'staging' }] }, ['environments[0].app']],
    ['an empty app', { version, environments: [{ app: '', env: 'staging' }] }, ['environments[0].app']],
    ['a reserved env', { version, environments: [{ app: 'shop', env: 'flux' }] }, ['environments[0].env']],
    [
      'a glob that can’t be',
      { version, environments: [{ deploy: { branch: '{a' } }] },
      ['environments[0].deploy.branch'],
    ],
    ['context that is no text', { version, context: { A: 1 } }, ['context.A']],
    ['a long id', { id: 'x'.repeat(201), version }, ['id']],
    ['an id with a line break', { id: 'a\nb', version }, ['id']],
    ['too many environments', { version, environments: Array(201).fill({}) }, ['environments']],
    ['too many items', { version, items: Array(501).fill({}) }, ['items']],
    [
      'too much context',
      { version, context: Object.fromEntries([...Array(2_001).keys()].map((n) => [`V${n}`, ''])) },
      ['context'],
    ],
  ])('with %s is refused, naming the field', (_what, document, paths) => {
    expect(problemsOf(document)).toEqual(paths);
  });

  it('is taken at its limits', () => {
    const context = Object.fromEntries([...Array(ARTIFACT_LIMITS.context).keys()].map((n) => [`V${n}`, '']));
    expect(
      problemsOf({ version, context, items: Array(500).fill({}), environments: Array(200).fill({}) }),
    ).toEqual([]);
  });

  it('has a digest that says the same of the same content, whatever the order of its keys', () => {
    const document = fc.record({
      version: fc.constant(version),
      context: fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.string()),
      items: fc.array(fc.dictionary(fc.constantFrom('x', 'y'), fc.string()), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(document, document, (one, other) => {
        const reversed = { ...one, context: Object.fromEntries(Object.entries(one.context).reverse()) };
        expect(artifactDigest(parseArtifact(reversed))).toBe(artifactDigest(parseArtifact(one)));
        const same = JSON.stringify(parseArtifact(one)) === JSON.stringify(parseArtifact(other));
        if (same) expect(artifactDigest(parseArtifact(one))).toBe(artifactDigest(parseArtifact(other)));
      }),
    );
  });
});

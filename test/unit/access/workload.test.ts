import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { may } from '../../../shared/access/authorize.ts';
import type { Caller } from '../../../shared/access/principal.ts';
import { decodePrincipal, encodePrincipal } from '../../../shared/access/principal-context.ts';
import { identify } from '../../../shared/access/trust/authenticate-workload.ts';
import { builtVersion, type ClaimedVersion } from '../../../shared/access/trust/built-version.ts';
import type { CiIdentity, CiProvider } from '../../../shared/access/trust/ci-identity.ts';
import { judgeTrust } from '../../../shared/access/trust/judge-trust.ts';
import { parseTrustPolicy } from '../../../shared/access/trust/parse-trust-policy.ts';
import { type Claims, readIdentity } from '../../../shared/access/trust/read-identity.ts';
import { refusalError } from '../../../shared/access/trust/refusal.ts';
import type { TrustPolicy } from '../../../shared/access/trust/trust-policy.ts';
import { githubClaims, gitlabClaims } from '../../support/identity-provider.ts';

const NOW = 1_780_000_000_000;
const ISSUER = 'https://token.actions.githubusercontent.com';
const DOCUMENT = {
  provider: 'github',
  issuer: ISSUER,
  audience: 'https://gimletd.example.com',
  repository: 'acme/shop',
  repositoryId: 200,
  ownerId: '100',
  workflow: '.github/workflows/release.yml',
  refs: ['refs/heads/main', 'refs/tags/v*'],
  apps: ['shop'],
};
const policy = (overrides: object = {}): TrustPolicy =>
  parseTrustPolicy('shop', { ...DOCUMENT, ...overrides });
const gitlabPolicy = policy({
  provider: 'gitlab',
  issuer: 'https://gitlab.example.com',
  workflow: '.gitlab-ci.yml',
});
const claims = (overrides: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...githubClaims(NOW),
  iss: ISSUER,
  ...overrides,
});

function refusalOf(found: ReturnType<typeof identify>) {
  return found.kind === 'none' ? found.refusal?.code : found;
}
function identityOf(provider: CiProvider, of: Claims): CiIdentity {
  const identity = readIdentity(provider, of);
  if ('code' in identity) throw new Error(identity.message);
  return identity;
}

describe('a trusted job', () => {
  it('is granted what its policy says, of its own repository', () => {
    const caller = identify([policy()], claims()) as Caller;
    expect(caller).toMatchObject({ kind: 'workload', id: 'trust/shop', name: 'ci:acme/shop' });
    const push = (app: string, repository: string) => may(caller, 'artifact:push', { app, repository });
    expect([push('shop', 'acme/shop'), push('other', 'acme/shop'), push('shop', 'acme/other')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(may(caller, 'artifact:read')).toBe(false);
  });

  it('is granted what all the policies say that let it in, and nothing of the others', () => {
    const policies = [
      policy(),
      { ...policy({ apps: ['shop-worker'] }), name: 'worker' },
      { ...policy({ apps: ['*'], refs: ['refs/heads/other'] }), name: 'elsewhere' },
    ];
    const caller = identify(policies, claims()) as Caller;
    expect(caller.id).toBe('trust/shop+worker');
    expect(caller.grants.flatMap(({ apps }) => apps)).toEqual(['shop', 'shop-worker']);
  });

  it('travels to the handlers as it is', () => {
    const caller = identify([policy({ actions: ['ci', 'release:request'] })], claims());
    expect(decodePrincipal(encodePrincipal(caller))).toEqual(caller);
    const refused = identify([], claims());
    expect(decodePrincipal(encodePrincipal(refused))).toEqual(refused);
  });

  it('of GitLab is read from GitLab’s claims', () => {
    const caller = identify([gitlabPolicy], gitlabClaims(NOW)) as Caller;
    expect(caller.identity).toMatchObject({
      repository: 'acme/shop',
      repositoryId: '200',
      ref: 'refs/heads/main',
      event: 'push',
      workflow: { path: '.gitlab-ci.yml', ref: 'refs/heads/main' },
      built: { event: 'push', branch: 'main' },
    });
  });

  it('is known by its numbers and not by `sub`, whose format changes', () => {
    for (const sub of [undefined, '', 'repo:evil/repo:ref:refs/heads/main', 7])
      expect(identify([policy()], claims({ sub }))).toMatchObject({ kind: 'workload' });
  });

  it('may be renamed: its numbers stay', () => {
    const renamed = claims({
      repository: 'acme/store',
      workflow_ref: 'acme/store/.github/workflows/release.yml@refs/heads/main',
    });
    expect(identify([policy()], renamed)).toMatchObject({ kind: 'workload', name: 'ci:acme/store' });
  });
});

describe('a job is refused, each with its own code', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'two audiences',
      { aud: ['https://gimletd.example.com', 'https://evil.example.com'] },
      'identity-audiences',
    ],
    ['no audience', { aud: [] }, 'identity-audiences'],
    ['another audience', { aud: 'https://github.com/acme' }, 'identity-audience'],
    ['an audience that is only alike', { aud: 'https://gimletd.example.com/' }, 'identity-audience'],
    ['no claims of a CI job', { repository_id: undefined }, 'identity-claims'],
    ['a repository’s number that is none', { repository_id: '200 OR 1' }, 'identity-claims'],
    ['a ref that is neither branch nor tag', { ref: 'refs/notes/x' }, 'identity-claims'],
    [
      'a repository that nobody trusts',
      { repository: 'acme/other', repository_id: '201' },
      'trust-repository',
    ],
    ['a recycled repository name', { repository_id: '999' }, 'trust-repository-id'],
    ['a repository that was given away', { repository_owner_id: '666' }, 'trust-owner-id'],
    [
      'another workflow',
      { workflow_ref: 'acme/shop/.github/workflows/x.yml@refs/heads/main' },
      'trust-workflow',
    ],
    [
      'a workflow of another repository',
      { workflow_ref: 'evil/shop/.github/workflows/release.yml@refs/heads/main' },
      'trust-workflow',
    ],
    ['no workflow', { workflow_ref: undefined }, 'trust-workflow'],
    [
      'the workflow at another ref',
      { workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/x' },
      'trust-workflow-ref',
    ],
    [
      'another ref',
      { ref: 'refs/heads/x', workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/x' },
      'trust-ref',
    ],
    ['another event', { event_name: 'workflow_run' }, 'trust-event'],
  ])('%s', (_, overrides, code) => {
    expect(refusalOf(identify([policy()], claims(overrides)))).toBe(code);
  });

  it('that does not run in the environment whose rules it must have passed', () => {
    const guarded = policy({ environment: 'production' });
    expect(refusalOf(identify([guarded], claims()))).toBe('trust-environment');
    expect(refusalOf(identify([guarded], claims({ environment: 'staging' })))).toBe('trust-environment');
    expect(identify([guarded], claims({ environment: 'production' }))).toMatchObject({ kind: 'workload' });
  });

  it('by the policy that comes nearest, with what was wanted and seen', () => {
    const policies = [{ ...policy({ ownerId: 1 }), name: 'far' }, policy({ events: ['release'] })];
    expect(identify(policies, claims())).toMatchObject({
      refusal: {
        code: 'trust-event',
        message: "The trust policy 'shop' does not let this job in: its event is push, wanted release.",
      },
    });
  });

  it('with a status that tells a wrong token from a job that nobody trusts', () => {
    const kind = (code: Parameters<typeof refusalError>[0]['code']) =>
      refusalError({ code, message: '' }).kind;
    expect([kind('identity-expired'), kind('trust-ref'), kind('identity-keys-unavailable')]).toEqual([
      'unauthenticated',
      'forbidden',
      'transient',
    ]);
  });

  it('whenever one condition fails, whatever holds beside it', () => {
    const changes = fc.record(
      {
        repository_id: fc.constantFrom('200', '201'),
        repository_owner_id: fc.constantFrom('100', '101'),
        ref: fc.constantFrom('refs/heads/main', 'refs/heads/other', 'refs/tags/v1', 'refs/tags/w1'),
        workflow_ref: fc.constantFrom(
          'acme/shop/.github/workflows/release.yml@refs/heads/main',
          'acme/shop/.github/workflows/release.yml@refs/tags/v1',
          'acme/shop/.github/workflows/evil.yml@refs/heads/main',
        ),
        event_name: fc.constantFrom('push', 'workflow_dispatch'),
        environment: fc.constantFrom('', 'production'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, fc.constantFrom(undefined, 'production'), (change, environment) => {
        const wanted = policy(environment ? { environment } : {});
        const sent = claims(change);
        const all = judgeTrust(wanted, identityOf('github', sent)).every(({ holds }) => holds);
        const ref = String(sent['ref']);
        const expected =
          sent['repository_id'] === '200' &&
          sent['repository_owner_id'] === '100' &&
          (ref === 'refs/heads/main' || ref === 'refs/tags/v1') &&
          sent['workflow_ref'] === `acme/shop/.github/workflows/release.yml@${ref}` &&
          sent['event_name'] === 'push' &&
          (environment === undefined || sent['environment'] === environment);
        expect(all).toBe(expected);
        expect(identify([wanted], sent).kind).toBe(expected ? 'workload' : 'none');
      }),
    );
  });
});

describe('what a job pushes is what it has built', () => {
  const push = identityOf('github', claims());
  const tag = identityOf('github', claims({ ref: 'refs/tags/v1', ref_type: 'tag' }));
  const pr = identityOf(
    'github',
    claims({ event_name: 'pull_request', ref: 'refs/pull/5/merge', head_ref: 'feature/x', base_ref: 'main' }),
  );
  const version = (fields: Partial<ClaimedVersion> = {}): ClaimedVersion => ({
    repositoryName: 'acme/shop',
    event: 'push',
    sha: '1f0c9d2',
    ...fields,
  });

  it('with what it left out filled in', () => {
    expect(builtVersion(version(), push)).toEqual(version({ branch: 'main' }));
    expect(builtVersion(version({ event: 'tag' }), tag)).toEqual(version({ event: 'tag', tag: 'v1' }));
    expect(builtVersion(version({ event: 'pr', sha: 'head' }), pr)).toEqual(
      version({
        event: 'pr',
        sha: 'head',
        branch: 'feature/x',
        sourceBranch: 'feature/x',
        targetBranch: 'main',
      }),
    );
    const mergeRequest = identityOf(
      'gitlab',
      gitlabClaims(NOW, {
        pipeline_source: 'merge_request_event',
        ref: 'feature/x',
        ref_path: 'refs/heads/feature/x',
      }),
    );
    expect(mergeRequest.built).toEqual({ event: 'pr', branch: 'feature/x' });
  });

  it.each<[string, CiIdentity, Partial<ClaimedVersion>, string]>([
    ['another repository', push, { repositoryName: 'acme/other' }, 'identity-repository-differs'],
    ['another commit', push, { sha: 'abc' }, 'identity-sha-differs'],
    ['another branch', push, { branch: 'production' }, 'identity-branch-differs'],
    ['a tag from a branch', push, { tag: 'v1' }, 'identity-tag-differs'],
    ['the branch of a pull request from a push', push, { sourceBranch: 'x' }, 'identity-branch-differs'],
    ['a pull request as a push', pr, { sha: 'head' }, 'identity-event-differs'],
    ['a pull request as a tag', pr, { event: 'tag', tag: 'v1' }, 'identity-event-differs'],
    [
      'a pull request from another branch',
      pr,
      { event: 'pr', sourceBranch: 'main' },
      'identity-branch-differs',
    ],
    [
      'a pull request to another branch',
      pr,
      { event: 'pr', targetBranch: 'production' },
      'identity-branch-differs',
    ],
    ['another tag', tag, { event: 'tag', tag: 'v2' }, 'identity-tag-differs'],
    ['a tag as a push', tag, { branch: 'main' }, 'identity-event-differs'],
    [
      'a tag with a branch, which nobody signed',
      tag,
      { event: 'tag', branch: 'main' },
      'identity-branch-differs',
    ],
  ])('%s is refused', (_, identity, fields, code) => {
    expect(() => builtVersion(version(fields), identity)).toThrow(expect.objectContaining({ code }));
  });

  it('and never anything that rules go by but what was signed', () => {
    const name = fc.constantFrom('main', 'feature/x', 'v1', 'production');
    const fields = fc.record(
      {
        event: fc.constantFrom('push', 'tag', 'pr'),
        sha: fc.constantFrom('1f0c9d2', 'other'),
        ...{ branch: name, sourceBranch: name, targetBranch: name, tag: name },
      },
      { requiredKeys: ['event'] },
    );
    fc.assert(
      fc.property(fields, fc.constantFrom(push, tag, pr), (sent, identity) => {
        let built: ClaimedVersion;
        try {
          built = builtVersion(version(sent), identity);
        } catch {
          return;
        }
        const { built: signed } = identity;
        expect(built.event).toBe(signed.event);
        expect(built.tag).toBe(signed.event === 'tag' ? signed.tag : undefined);
        expect(built.branch).toBe(signed.event === 'tag' ? undefined : signed.branch);
        expect(built.sourceBranch).toBe(signed.event === 'pr' ? signed.branch : undefined);
        if (signed.event !== 'pr') expect(built.sha).toBe(identity.sha);
      }),
    );
  });
});

describe('a trust policy', () => {
  it('lets pushes in, and nothing done but pushing, unless it says more', () => {
    expect(policy()).toMatchObject({ events: ['push'], actions: ['artifact:push'], environments: ['*'] });
  });

  it.each<[string, object, string]>([
    ['no repository number', { repositoryId: undefined }, 'repositoryId'],
    ['a name for a number', { ownerId: 'acme' }, 'ownerId'],
    ['plain http', { issuer: 'http://gitlab.example.com' }, 'issuer'],
    ['an issuer with a query', { issuer: 'https://gitlab.example.com?x' }, 'issuer'],
    ['a short ref', { refs: ['main'] }, 'refs'],
    ['no ref', { refs: [] }, 'refs'],
    ['no workflow', { workflow: '' }, 'workflow'],
    ['a workflow at a ref', { workflow: 'x.yml@refs/heads/main' }, 'workflow'],
    ['a glob that can’t be', { apps: ['[a'] }, 'apps[0]'],
    ['the right to let others in', { actions: ['trust:write'] }, 'actions[0]'],
    ['the right to approve', { actions: ['approver'] }, 'actions[0]'],
    ['a misspelt field', { repositoryID: 1 }, 'repositoryID'],
  ])('with %s is refused by its field', (_, overrides, path) => {
    expect(() => policy(overrides)).toThrow(
      expect.objectContaining({ code: 'bad-trust', errors: [expect.objectContaining({ path })] }),
    );
  });

  it('has a name that fits into a path', () => {
    expect(() => parseTrustPolicy('../x', DOCUMENT)).toThrow(expect.objectContaining({ code: 'bad-trust' }));
  });
});

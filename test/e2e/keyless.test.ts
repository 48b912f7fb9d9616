import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { problemAnswer } from '../../shared/contract/answers.ts';
import { call, listArtifacts } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { githubClaims, gitlabClaims, IdentityProvider, tokenPart } from '../support/identity-provider.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTest } from '../support/test-folder.ts';

let system: LocalSystem;
let provider: IdentityProvider;
let gitlab: IdentityProvider;

const POLICY = {
  provider: 'github',
  repository: 'acme/shop',
  repositoryId: 200,
  ownerId: 100,
  workflow: '.github/workflows/release.yml',
  refs: ['refs/heads/main', 'refs/tags/v*', 'refs/pull/*'],
  events: ['push', 'pull_request'],
  apps: ['shop'],
};

beforeAll(async () => {
  [system, provider, gitlab] = await Promise.all([
    startTestSystem({ warm: true }),
    IdentityProvider.start(),
    IdentityProvider.start(),
  ]);
  await trust('shop', { ...POLICY, issuer: provider.issuer, audience: system.url });
  await trust('shop-gitlab', {
    ...POLICY,
    provider: 'gitlab',
    issuer: gitlab.issuer,
    audience: system.url,
    workflow: '.gitlab-ci.yml',
  });
});
afterAll(async () => {
  await Promise.all([system.close(), provider[Symbol.asyncDispose](), gitlab[Symbol.asyncDispose]()]);
});

async function trust(name: string, body: object) {
  const answer = await call(system, `/api/trust/${name}`, { method: 'PUT', body });
  expect([200, 201]).toContain(answer.status);
  return answer;
}

const claims = (overrides: Record<string, unknown> = {}) =>
  githubClaims(Date.now(), { iss: provider.issuer, aud: system.url, ...overrides });
const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

let made = 0;
/** What a job of acme/shop has built on main; its manifest is for `app`. */
function built(overrides: { version?: object; app?: string } = {}): Record<string, unknown> {
  made += 1;
  const version = {
    repositoryName: 'acme/shop',
    sha: '1f0c9d2',
    event: 'push',
    branch: 'main',
    ...overrides.version,
  };
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {n: "${made}"}\n`;
  const environments = [manifest(overrides.app ?? 'shop', 'staging', { manifests: text })];
  return artifactDocument({ id: `keyless-${made}`, version, environments });
}

async function pushAs(token: string, document: unknown = built()) {
  const answer = await call(system, '/api/artifact', { body: document, ...as(token) });
  const code = answer.status < 300 ? 'taken' : problemAnswer.parse(answer.body).code;
  return { ...answer, code };
}

describe('a job pushes without a secret', () => {
  it('what it has built, and follows it with a token for this artifact alone', async () => {
    const document = built();
    const pushed = await pushAs(await provider.sign(claims()), document);
    expect(pushed).toMatchObject({ status: 201 });
    expect(JSON.stringify(pushed.body)).not.toContain('gmr_');
    const reader = pushed.headers.get('gimlet-read-token') ?? '';
    const ask = async (path: string, options = {}) =>
      (await call(system, path, { ...as(reader), ...options })).status;
    expect(await ask(`/api/artifacts/${document['id']}`)).toBe(200);
    expect(await ask(`/api/artifacts/${document['id']}/decisions`)).toBe(200);
    const other = built();
    await call(system, '/api/artifact', { body: other });
    expect(await ask(`/api/artifacts/${other['id']}`)).toBe(404);
    expect(await ask('/api/artifact', { body: built() })).toBe(403);
    expect(await ask('/api/policies')).toBe(403);
    expect(await ask('/api/trust')).toBe(403);
  });

  it('again with the same token, if it is the same artifact, and never another', async () => {
    const token = await provider.sign(claims());
    const document = built();
    expect((await pushAs(token, document)).status).toBe(201);
    expect((await pushAs(token, document)).status).toBe(200);
    expect((await pushAs(token, built())).code).toBe('identity-replayed');
    const { id: _, ...same } = document;
    expect((await pushAs(token, { ...same, id: 'another-id' })).code).toBe('identity-replayed');
  });

  it('of one of two artifacts that arrive at the same time with one token', async () => {
    const token = await provider.sign(claims());
    const codes = (await Promise.all([pushAs(token), pushAs(token)])).map(({ code }) => code);
    expect(codes.sort()).toEqual(['identity-replayed', 'taken']);
  });

  it('of a tag and of a pull request, as what they are', async () => {
    const tag = await provider.sign(
      claims({ ref: 'refs/tags/v1', workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/tags/v1' }),
    );
    const { body } = await pushAs(tag, built({ version: { event: 'tag', branch: undefined } }));
    expect(body).toMatchObject({ version: { event: 'tag', tag: 'v1' } });
    const ref = 'refs/pull/5/merge';
    const pr = () =>
      provider.sign(
        claims({
          ...{ event_name: 'pull_request', ref, head_ref: 'feature/x', base_ref: 'main' },
          workflow_ref: `acme/shop/.github/workflows/release.yml@${ref}`,
        }),
      );
    const version = { event: 'pr', branch: 'feature/x', sha: 'head' };
    expect((await pushAs(await pr(), built({ version }))).body).toMatchObject({
      version: { event: 'pr', sourceBranch: 'feature/x', targetBranch: 'main' },
    });
    expect((await pushAs(await pr())).code).toBe('identity-event-differs');
  });
});

describe('a forgery is refused, with its own code, and stores nothing', () => {
  it.each<[string, () => Promise<string>, number, string]>([
    [
      'for somebody else',
      () => provider.sign(claims({ aud: 'https://github.com/acme' })),
      401,
      'identity-audience',
    ],
    [
      'for two',
      () => provider.sign(claims({ aud: [system.url, 'https://evil'] })),
      401,
      'identity-audiences',
    ],
    [
      'unsigned',
      async () => `${tokenPart({ alg: 'none' })}.${tokenPart(claims())}.`,
      401,
      'identity-algorithm',
    ],
    [
      'signed with the public key',
      () => {
        const [key] = provider.keys;
        const pem = key?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '';
        return provider.sign(claims(), { alg: 'HS256', key: Buffer.from(pem) });
      },
      401,
      'identity-algorithm',
    ],
    ['of an unknown key', () => provider.sign(claims(), { kid: 'none' }), 401, 'identity-key'],
    ['signed by another', () => gitlab.sign(claims(), { kid: 'first' }), 401, 'identity-signature'],
    [
      'of another issuer',
      () => provider.sign(claims({ iss: 'https://evil.example.com' })),
      401,
      'identity-issuer',
    ],
    ['that has expired', () => provider.sign(claims({ exp: 1_700_000_000 })), 401, 'identity-expired'],
    ['of a recycled name', () => provider.sign(claims({ repository_id: '999' })), 403, 'trust-repository-id'],
    ['of another owner', () => provider.sign(claims({ repository_owner_id: '9' })), 403, 'trust-owner-id'],
    [
      'of another workflow',
      () => provider.sign(claims({ workflow_ref: 'acme/shop/.github/workflows/x.yml@refs/heads/main' })),
      403,
      'trust-workflow',
    ],
    [
      'of the workflow at another ref',
      () => provider.sign(claims({ workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/x' })),
      403,
      'trust-workflow-ref',
    ],
    ['of another event', () => provider.sign(claims({ event_name: 'schedule' })), 403, 'trust-event'],
  ])('%s', async (_, forge, status, code) => {
    const document = built();
    expect(await pushAs(await forge(), document)).toMatchObject({ status, code });
    expect((await call(system, `/api/artifacts/${document['id']}`)).status).toBe(404);
  });

  it.each<[string, { version?: object; app?: string }, string]>([
    ['of another commit', { version: { sha: 'other' } }, 'identity-sha-differs'],
    ['of another branch', { version: { branch: 'release' } }, 'identity-branch-differs'],
    ['of another repository', { version: { repositoryName: 'acme/other' } }, 'identity-repository-differs'],
    ['for another app', { app: 'other' }, 'forbidden'],
  ])('an artifact %s', async (_, overrides, code) => {
    const document = built(overrides);
    expect(await pushAs(await provider.sign(claims()), document)).toMatchObject({ status: 403, code });
    expect((await call(system, `/api/artifacts/${document['id']}`)).status).toBe(404);
  });

  it('and an identity is good for what it is trusted with, and nothing else', async () => {
    const token = await provider.sign(claims());
    const ask = async (path: string, options = {}) =>
      (await call(system, path, { ...as(token), ...options })).status;
    expect(await ask('/api/artifacts')).toBe(403);
    expect(await ask('/api/releases', { body: { env: 'staging', artifactId: 'x' } })).toBe(403);
    expect(await ask('/api/trust/mine', { method: 'PUT', body: POLICY })).toBe(403);
  });
});

describe('gimlet in a job', () => {
  it('of GitHub asks for its identity, pushes and waits, with no secret anywhere', async () => {
    const asked: string[] = [];
    const github = createServer(async (request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      const audience = new URL(request.url ?? '', 'http://x').searchParams.get('audience');
      response.end(JSON.stringify({ value: await provider.sign(claims({ aud: audience })) }));
    });
    await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
    try {
      const file = join(folderForTest(), 'artifact.json');
      const document = built();
      await writeFile(file, JSON.stringify(document));
      const env = {
        GIMLET_SERVER: `${system.url}/`,
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?api-version=2`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-runner',
      };
      const run = await gimlet(['artifact', 'push', '-f', file, '--wait', '-o', 'json'], { env });
      expect(run).toMatchObject({ code: 0 });
      expect(JSON.parse(run.stdout)).toMatchObject({
        outcome: 'succeeded',
        releases: [{ state: 'released' }],
      });
      expect(run.stderr).toContain('identity');
      expect(run.stdout + run.stderr).not.toMatch(/eyJ|gmr_/);
      expect(asked).toEqual([
        `Bearer of-the-runner /token?api-version=2&audience=${encodeURIComponent(system.url)}`,
      ]);
      expect(await listArtifacts(system, 'sha=1f0c9d2&limit=100')).toContainEqual(
        expect.objectContaining({ id: document['id'] }),
      );
    } finally {
      github.closeAllConnections();
      github.close();
    }
  });

  it('of GitLab takes the identity that its definition asked for; a token goes before it', async () => {
    const file = join(folderForTest(), 'artifact.json');
    const uri = `${new URL(gitlab.issuer).host}/acme/shop//.gitlab-ci.yml@refs/heads/main`;
    const sent = gitlabClaims(Date.now(), { iss: gitlab.issuer, aud: system.url, ci_config_ref_uri: uri });
    const env = { GIMLET_SERVER: system.url, GIMLET_ID_TOKEN: await gitlab.sign(sent) };
    await writeFile(file, JSON.stringify(built()));
    expect(await gimlet(['artifact', 'push', '-f', file], { env })).toMatchObject({ code: 0 });
    const withToken = { env: { ...env, GIMLET_TOKEN: 'gmt_wrong' } };
    expect(await gimlet(['artifact', 'push', '-f', file], withToken)).toMatchObject({ code: 1 });
    await writeFile(file, JSON.stringify(built()));
    const replayed = await gimlet(['artifact', 'push', '-f', file], { env });
    expect(replayed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another artifact already'),
    });
  });

  it('keeps trust policies, by version', async () => {
    const env = { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken };
    const run = (...args: string[]) => gimlet(['admin', 'trust', ...args, '-o', 'json'], { env });
    const flags =
      '--provider github --repository acme/api --repository-id 7 --owner-id 1 --workflow ci.yml --app api';
    const added = await run('add', 'api', ...flags.split(' '));
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: 'api',
      version: 1,
      audience: system.url,
      refs: ['refs/heads/main'],
      changedBy: 'admin',
    });
    expect((await run('add', 'api', ...flags.split(' '), '--if-version', '2')).code).toBe(1);
    expect(JSON.parse((await run('list')).stdout).map(({ name }: { name: string }) => name)).toContain('api');
    expect(JSON.parse((await run('show', 'api')).stdout)).toMatchObject({ repositoryId: '7' });
    expect((await gimlet(['admin', 'trust', 'show', 'api'], { env })).stdout).toContain(
      'acme/api (7), owner 1',
    );
    expect(await run('delete', 'api')).toMatchObject({ code: 0 });
    expect((await run('show', 'api')).code).toBe(1);
    // A number of a change, not of a life: a late change of the one before is still refused.
    expect(JSON.parse((await run('add', 'api', ...flags.split(' '))).stdout)).toMatchObject({ version: 3 });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedFetch } from '../support/checked-fetch.ts';
import { githubClaims, IdentityProvider } from '../support/identity-provider.ts';
import { folderForTests } from '../support/test-folder.ts';
import { isAllowed } from './aws-call.ts';
import { type GuardedSystem, type SeenCall, startGuardedSystem } from './guarded-system.ts';
import { permissions, type Statement, synthesise } from './synthesised.ts';

/** What each function's role allows once deployed. */
const roles = new Map<string, Statement[]>(Object.entries(permissions(synthesise().service)));

const seen: SeenCall[] = [];
const refused: string[] = [];
const charts = folderForTests();
let system: GuardedSystem;
let requestId: string;

beforeAll(async () => {
  system = await startGuardedSystem({ permit, charts: [await makeChart()] });
}, 120_000);
afterAll(() => system.close());

/** Permits what the caller's role does; loses the first message of an artifact, so that the sweeper has work. */
function permit(call: SeenCall): boolean {
  const isFirstMessage = isMessage(call) && !seen.some(isMessage);
  seen.push(call);
  // What AWS itself does, such as receiving for a function, needs no role of ours here.
  if (call.caller === 'local') return true;
  if (!isAllowed(roles.get(call.caller) ?? [], call)) {
    refused.push(`${call.caller}: ${call.operation} ${call.body}`);
    return false;
  }
  return !isFirstMessage;
}

const isMessage = ({ operation }: SeenCall) => operation === 'SendMessageBatch';

describe('with the roles that are deployed', () => {
  test('an artifact is pushed, decided, rendered from a chart and written to git', async () => {
    const artifact = {
      id: 'hello-1',
      version: { repositoryName: 'acme/hello', event: 'push', branch: 'main', sha: '4f1d0c2' },
      environments: ['staging', 'production', 'vault'].map((env) => ({
        app: 'hello',
        env,
        namespace: 'default',
        chart: { repository: system.chartRepoUrl, name: 'tiny', version: '0.1.0' },
        values: { greeting: 'hello' },
        ...(env === 'staging' && { deploy: { event: 'push', branch: 'main' } }),
      })),
    };
    expect(await call('POST', '/api/artifact?check=true', artifact)).toMatchObject({ id: 'hello-1' });
    await expect.poll(() => states('staging'), { timeout: 60_000, interval: 200 }).toEqual(['released']);
  }, 90_000);

  test('a person’s request is released too', async () => {
    const request = await call('POST', '/api/releases', { env: 'production', artifactId: 'hello-1' });
    requestId = (request as { id: string }).id;
    await expect.poll(() => states('production'), { timeout: 60_000, interval: 200 }).toEqual(['released']);
  }, 90_000);

  test.each([
    '/',
    '/api/artifacts',
    '/api/artifacts?app=hello',
    '/api/artifacts?repository=acme/hello',
    '/api/artifacts?repository=acme/hello&branch=main',
    '/api/artifacts?sha=4f1d0c2',
    '/api/artifacts/hello-1',
    '/api/artifacts/hello-1/decisions',
    '/api/releases?env=staging',
    '/api/releases?env=staging&app=hello',
    '/api/status?env=staging',
    '/api/status?env=staging&app=hello',
    '/api/diff?from=staging&to=production',
    '/api/diff?from=staging&to=production&app=hello',
  ])('GET %s is answered', async (path) => {
    expect(await call('GET', path)).toBeTruthy();
  });

  test('a release and a request are shown', async () => {
    const [release] = await releases('staging');
    for (const id of [release?.id ?? 'none', requestId]) {
      expect(await call('GET', `/api/releases/${encodeURIComponent(id)}`)).toMatchObject({ id });
    }
  });

  test('what runs is promoted, rolled back, cancelled and deleted, and all of it is tracked', async () => {
    const [first] = await releases('staging');
    const tracked = async (id: string) =>
      ((await call('GET', `/api/event?id=${id}`)) as { status: string; results?: { status: string }[] })
        .results?.[0]?.status;
    const asked = [
      ['/api/promote', { from: 'staging', to: 'production', app: 'hello' }],
      ['/api/rollback', { env: 'staging', app: 'hello', to: first?.gitopsRef }],
      ['/api/rollback', { env: 'staging', app: 'hello', to: 'hello-1' }],
      ['/api/delete', { env: 'production', app: 'hello' }],
    ] as const;
    const again = ['/api/releases', { env: 'staging', artifactId: 'hello-1' }] as const;
    for (const [path, body] of [again, ...asked]) {
      expect(await call('POST', `${path}?dryRun=true`, body)).toMatchObject({ type: 'preview' });
    }
    for (const [path, body] of asked) {
      const { id } = (await call('POST', path, body)) as { id: string };
      await expect.poll(() => tracked(id), { timeout: 60_000, interval: 200 }).toBe('success');
    }
    expect(await call('DELETE', '/api/holds/staging/hello')).toBeTruthy();
    expect(await call('GET', '/api/eventArtifactTrack?artifactId=hello-1')).toMatchObject({
      status: 'processed',
    });
    expect(await call('GET', `/api/eventReleaseTrack?id=${first?.id}`)).toMatchObject({ type: 'release' });
    const { id } = (await call('POST', '/api/rollback', asked[1][1])) as { id: string };
    const cancelled = await checkedFetch(new URL(`/api/releases/${id}/cancel`, system.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${system.adminToken}` },
    });
    expect([200, 409, 503]).toContain(cancelled.status);
    await expect.poll(() => tracked(id), { timeout: 60_000, interval: 200 }).toMatch(/success|failure/);
    await call('DELETE', '/api/holds/staging/hello');
  }, 120_000);

  test('what needs approval waits, is approved, rejected, and told of', async () => {
    const made = (await call('POST', '/api/tokens', { name: 'ann', role: 'approver' })) as { token: string };
    const ask = async (path: string, body: unknown): Promise<string> =>
      ((await call('POST', path, body)) as { releases: { id: string }[] }).releases[0]?.id ?? 'none';
    const settle = async (id: string, how: string) => {
      const waiting = async () =>
        ((await call('GET', '/api/approvals')) as ReleaseSeen[]).map((one) => one.id);
      await expect.poll(waiting, { timeout: 60_000, interval: 200 }).toEqual([id]);
      await call('POST', `/api/releases/${id}/${how}`, { reason: 'because' }, made.token);
    };
    await settle(await ask('/api/releases', { env: 'vault', artifactId: 'hello-1' }), 'approve');
    await expect.poll(() => states('vault'), { timeout: 60_000, interval: 200 }).toEqual(['released']);
    await settle(await ask('/api/delete', { env: 'vault', app: 'hello' }), 'reject');
    expect(await states('vault')).toEqual(['rejected', 'released']);
  }, 130_000);

  test('policies and holds are managed, and tried on what was decided', async () => {
    const rule = { deploy: { event: 'push', branch: 'main' } };
    expect(await call('PUT', '/api/policies/auto-release/staging/hello', rule)).toMatchObject({ version: 1 });
    expect(
      await call('PUT', '/api/policies/auto-promote/staging/hello/production', { afterSeconds: 60 }),
    ).toBeTruthy();
    expect(await call('PUT', '/api/policies/stop-the-line', { reason: 'incident' })).toBeTruthy();
    expect(await call('DELETE', '/api/policies/stop-the-line')).toMatchObject({ deleted: true });
    expect(await call('GET', '/api/policies')).toHaveLength(2);
    expect(await call('GET', '/api/policies?env=staging')).toHaveLength(2);
    expect(await call('GET', '/api/policies/auto-release/staging/hello')).toMatchObject({ version: 1 });
    expect(await call('POST', '/api/policies/simulate', { last: 10 })).toMatchObject({ artifacts: 1 });
    expect(await call('PUT', '/api/holds/staging/hello', { reason: 'looking' })).toMatchObject({
      owner: 'admin',
    });
    expect(await call('GET', '/api/holds')).toHaveLength(1);
    expect(await call('DELETE', '/api/holds/staging/hello')).toMatchObject({ waiting: [] });
  });

  test('settings are stored, shown and tried', async () => {
    const rule = { environments: { qa: { releases: 'keep-all' } } };
    expect(await call('PUT', '/api/settings?dryRun=true', rule)).toMatchObject({ version: 1 });
    expect(await call('PUT', '/api/settings', rule)).toMatchObject({ version: 1 });
    expect(await call('GET', '/api/settings')).toMatchObject({ version: 1 });
    expect(await call('GET', '/api/settings?version=1')).toMatchObject({ version: 1 });
    expect(await call('GET', '/api/settings/history')).toHaveLength(1);
  });

  test('a heartbeat is released', async () => {
    const time = '2026-11-30T12:00:00Z';
    const heartbeat = { ask: 'heartbeat', env: 'heartbeats', namespace: 'default', time };
    expect(await system.host.invoke('artifacts', heartbeat)).toMatchObject({ created: true });
    await expect.poll(() => states('heartbeats'), { timeout: 60_000, interval: 200 }).toEqual(['released']);
  }, 90_000);

  test('a CI job pushes without a secret, and follows what it pushed', async () => {
    await using provider = await IdentityProvider.start();
    const { issuer } = provider;
    const policy = {
      ...{ provider: 'github', issuer, audience: system.url, repository: 'acme/shop', repositoryId: 200 },
      ...{
        ownerId: 100,
        workflow: '.github/workflows/release.yml',
        refs: ['refs/heads/main'],
        apps: ['shop'],
      },
    };
    expect(await call('PUT', '/api/trust/shop', policy)).toMatchObject({ version: 1 });
    const identity = await provider.sign(githubClaims(Date.now(), { iss: issuer, aud: system.url }));
    const document = { id: 'keyless-1', version: { repositoryName: 'acme/shop', sha: '1f0c9d2' } };
    const push = () =>
      fetch(new URL('/api/artifact', system.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${identity}` },
        body: JSON.stringify(document),
      });
    expect((await push()).status).toBe(201);
    const again = await push();
    expect(again.status).toBe(200);
    const reader = again.headers.get('gimlet-read-token') ?? '';
    const read = await fetch(new URL('/api/artifacts/keyless-1', system.url), {
      headers: { authorization: `Bearer ${reader}` },
    });
    expect(await read.json()).toMatchObject({ id: 'keyless-1', version: { branch: 'main' } });
    expect(await call('GET', '/api/trust')).toHaveLength(1);
    expect(await call('GET', '/api/trust/shop')).toMatchObject({ version: 1 });
    expect(await call('DELETE', '/api/trust/shop')).toMatchObject({ deleted: true });
  });

  test('a deleted branch takes what it had released with it', async () => {
    const artifact = {
      id: 'branch-1',
      version: { repositoryName: 'acme/branch', event: 'push', branch: 'feature/x', sha: '4f1d0c2' },
      context: { BRANCH: 'feature/x' },
      environments: [
        {
          app: 'branch',
          env: 'previews',
          namespace: 'default',
          manifests: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .APP }}" }\n',
          preview: true,
        },
      ],
    };
    await call('POST', '/api/artifact', artifact);
    await expect.poll(() => states('previews'), { timeout: 60_000, interval: 200 }).toEqual(['released']);
    await call('POST', '/api/hooks/generic', {
      repository: 'acme/branch',
      branch: 'feature/x',
      event: 'branchDeleted',
    });
    await expect
      .poll(() => states('previews'), { timeout: 60_000, interval: 200 })
      .toEqual(['released', 'released']);
  }, 130_000);

  test('an operator looks after it', async () => {
    expect(await call('POST', '/api/operations/doctor')).toMatchObject({ healthy: true });
    expect(await call('POST', '/api/operations/redrive')).toMatchObject({ removed: 0, kept: [] });
    const { cause } = (await call('POST', '/api/operations/replay', { artifactId: 'branch-1' })) as {
      readonly cause: string;
    };
    const causes = async () => {
      const { decisions } = (await call('GET', '/api/artifacts/branch-1/decisions')) as {
        readonly decisions: readonly { readonly cause: string }[];
      };
      return decisions.map((decision) => decision.cause);
    };
    await expect.poll(causes, { timeout: 60_000, interval: 200 }).toContain(cause);
  }, 130_000);

  test('the audit trail is listed, and what was sealed is held against the items', async () => {
    await expect.poll(() => call('GET', '/api/audit'), { timeout: 90_000, interval: 500 }).not.toEqual([]);
    const { blocks } = (await call('GET', '/api/audit/blocks')) as {
      readonly blocks: readonly { readonly entries: readonly string[] }[];
    };
    const items = blocks
      .flatMap(({ entries }) => entries)
      .map((text) => (JSON.parse(text) as { readonly item: object }).item)
      .slice(0, 100);
    expect(await call('POST', '/api/audit/logs', { items })).not.toEqual([]);
  }, 130_000);

  test('the head of the audit chain goes into git', async () => {
    const refs = async () => {
      const url = new URL('/git/gitops.git/info/refs?service=git-upload-pack', system.url);
      return (await fetch(url)).text();
    };
    await expect.poll(refs, { timeout: 60_000, interval: 500 }).toContain('refs/heads/gimletd-audit');
  }, 130_000);

  test('every function did its part, and none was refused', () => {
    expect(refused).toEqual([]);
    expect(new Set(seen.map(({ caller }) => caller))).toEqual(
      new Set([
        'local',
        'authorizer',
        'artifacts',
        'releases',
        'admin',
        'policy',
        'renderer',
        'charts',
        'writer',
        'notifier',
        'sweeper',
      ]),
    );
  });
});

describe('the guard itself', () => {
  const put = (pk: string): SeenCall => ({
    caller: 'renderer',
    operation: 'PutItem',
    body: Buffer.from(JSON.stringify({ TableName: 'gimletd', Item: { pk: { S: pk }, sk: { S: 'x' } } })),
  });

  test('lets the renderer put rendered files, and refuses it a request', () => {
    const role = roles.get('renderer') ?? [];
    expect(isAllowed(role, put('BUNDLE#abc'))).toBe(true);
    expect(isAllowed(role, put('REQUEST#abc'))).toBe(false);
  });

  test('lets a release be cancelled, which rarely comes in time here', () => {
    const cancel: SeenCall = {
      caller: 'releases',
      operation: 'UpdateItem',
      body: Buffer.from(
        JSON.stringify({ TableName: 'gimletd', Key: { pk: { S: 'RELEASE#abc' }, sk: { S: 'x' } } }),
      ),
    };
    expect(isAllowed(roles.get('releases') ?? [], cancel)).toBe(true);
  });
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  token = system.adminToken,
): Promise<unknown> {
  const response = await checkedFetch(new URL(path, system.url), {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

interface ReleaseSeen {
  readonly id: string;
  readonly state: string;
  readonly gitopsRef?: string;
}

async function releases(env: string): Promise<readonly ReleaseSeen[]> {
  return (await call('GET', `/api/releases?env=${env}`)) as ReleaseSeen[];
}

async function states(env: string): Promise<string[]> {
  return (await releases(env)).map(({ state }) => state);
}

/** The smallest chart there is. */
async function makeChart(): Promise<string> {
  const folder = join(charts, 'tiny');
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
  await writeFile(
    join(folder, 'templates/config.yaml'),
    [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: { name: "{{ .Release.Name }}" }',
      'data: { greeting: "{{ .Values.greeting }}" }',
      '',
    ].join('\n'),
  );
  return folder;
}

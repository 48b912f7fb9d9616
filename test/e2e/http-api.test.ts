import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import { problemAnswer, requestAnswer, statusAnswer } from '../../shared/contract/answers.ts';
import { encodeCursor } from '../../shared/contract/cursor.ts';
import { call, decisionsOf, listArtifacts, listReleases, numbered, push } from '../support/api.ts';
import { artifactDocument, manifest } from '../support/stores.ts';
import { startTestSystem } from '../support/system.ts';

let system: LocalSystem;
beforeAll(async () => {
  system = await startTestSystem({ warm: true });
});
afterAll(() => system.close());

const WAIT = { timeout: 30_000, interval: 100 };

async function refusal(path: string, options: Parameters<typeof call>[2] = {}) {
  const { status, headers, body } = await call(system, path, options);
  expect(headers.get('content-type')).toBe('application/problem+json');
  const problem = problemAnswer.parse(body);
  expect(problem.status).toBe(status);
  expect(problem.requestId).toBeTruthy();
  return {
    status,
    code: problem.code,
    paths: problem.errors?.map(({ path }) => path) ?? [],
    detail: problem.detail,
  };
}

describe('bad input is answered with a problem that names the field', () => {
  const document = (overrides: Record<string, unknown>) => ({ body: artifactDocument(overrides) });

  it.each<[string, Parameters<typeof call>[2], number, string, string[]]>([
    ['malformed JSON', { body: '{"version": ' }, 400, 'malformed-json', ['']],
    ['an empty body', { method: 'POST' }, 400, 'malformed-json', ['']],
    [
      'an unknown event',
      document({ version: { sha: 'a', repositoryName: 'r', event: 'merge' } }),
      400,
      'bad-artifact',
      ['version.event'],
    ],
    [
      'a wrong app name',
      document({ environments: [{ app: '../x', env: 'staging' }] }),
      400,
      'bad-artifact',
      ['environments[0].app'],
    ],
    [
      'a body of 2 MiB',
      { body: JSON.stringify({ x: 'x'.repeat(2 * 1024 * 1024) }) },
      413,
      'body-too-large',
      [''],
    ],
    [
      '1,000 levels of nesting',
      { body: '['.repeat(1_000) + ']'.repeat(1_000) },
      400,
      'too-deep',
      ['[0][0][0][0][0][0][0][0]…'],
    ],
    ['a forbidden key', { body: '{"version":{"__proto__":{}}}' }, 400, 'forbidden-key', ['version']],
    ['a compressed body', { body: '{}', headers: { 'content-encoding': 'gzip' } }, 400, 'encoded-body', []],
  ])('%s', async (_what, options, status, code, paths) => {
    expect(await refusal('/api/artifact', options)).toMatchObject({ status, code, paths });
  });

  it('an unknown artifact', async () => {
    expect(await refusal('/api/artifacts/no%2Fsuch')).toMatchObject({
      status: 404,
      code: 'artifact-not-found',
    });
    expect(await refusal('/api/artifacts/no%2Fsuch/decisions')).toMatchObject({
      status: 404,
      code: 'artifact-not-found',
    });
    const body = { env: 'staging', artifactId: 'no/such' };
    expect(await refusal('/api/releases', { body })).toMatchObject({
      status: 404,
      code: 'artifact-not-found',
    });
  });

  it('an unknown environment or app, saying what there is', async () => {
    const { id } = await push(system, numbered('known', 1));
    const unknownEnv = await refusal('/api/releases', { body: { env: 'stagin', artifactId: id } });
    expect(unknownEnv).toMatchObject({ status: 404, code: 'environment-not-found' });
    expect(unknownEnv.detail).toContain('staging');
    const unknownApp = await refusal('/api/releases', {
      body: { env: 'staging', artifactId: id, app: 'knwon' },
    });
    expect(unknownApp).toMatchObject({ status: 404, code: 'app-not-found' });
    expect(unknownApp.detail).toContain('known');
  });

  it('a release without an environment', async () => {
    expect(await refusal('/api/releases', { body: {} })).toMatchObject({
      status: 400,
      paths: ['env', 'artifactId'],
    });
  });

  it('a list that can’t be', async () => {
    expect(await refusal('/api/artifacts?limit=1000&since=now')).toMatchObject({
      status: 400,
      paths: ['limit', 'since'],
    });
    expect(await refusal('/api/artifacts?cursor=nonsense')).toMatchObject({
      status: 400,
      code: 'bad-cursor',
    });
    const backwards = 'since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z';
    for (const list of ['/api/artifacts?', '/api/releases?env=staging&', '/api/audit?']) {
      expect(await refusal(list + backwards)).toMatchObject({ status: 400, paths: ['until'] });
    }
    expect(await refusal('/api/releases')).toMatchObject({ status: 400, paths: ['env'] });
    expect(await refusal('/api/releases/rel-none')).toMatchObject({ status: 404, code: 'release-not-found' });
  });

  it.each([
    '/api/artifacts?limit=5',
    '/api/artifacts?app=shop',
    '/api/releases?env=staging',
    '/api/releases?env=staging&app=shop&reverse=true',
    '/api/approvals?limit=5',
    '/api/audit?limit=5',
    '/api/settings/history?limit=5',
  ])('a cursor of %s that somebody has made up', async (list) => {
    const query = new URLSearchParams(list.split('?')[1]);
    for (const place of ['', 'x', 'later#', '-1', `1795615159423#${'x'.repeat(1_020)}`]) {
      const path = `${list}&cursor=${encodeCursor(place, query)}`;
      expect(await refusal(path)).toMatchObject({ status: 400, code: 'bad-cursor' });
    }
  });

  it.each(['x'.repeat(2_100), 'é'.repeat(1_050)])(
    'a name of %.1s longer than any there can be',
    async (name) => {
      const long = encodeURIComponent(name);
      const paths = ['artifacts/', 'releases/', 'trust/'].map((path) => `/api/${path}${long}`);
      for (const path of [...paths, `/api/artifacts/${long}/decisions`]) {
        expect(await refusal(path)).toMatchObject({ status: 404 });
      }
      for (const path of [`/api/artifacts?app=${long}`, `/api/releases?env=${long}`]) {
        expect(await call(system, path)).toMatchObject({ status: 200, body: [] });
      }
      expect(await call(system, `/api/status?env=staging&app=${long}`)).toMatchObject({
        body: { [name]: null },
      });
    },
  );

  it.each(['artifacts?', 'releases?env=staging&', 'approvals?', 'audit?', 'settings/history?'])(
    'a page of nothing of %s is empty',
    async (list) => {
      expect(await call(system, `/api/${list}limit=0`)).toMatchObject({ status: 200, body: [] });
    },
  );

  it('a kind of policy that is a word of the language', async () => {
    expect(await refusal('/api/policies/constructor')).toMatchObject({ status: 400, paths: ['kind'] });
  });

  it('a path that leads nowhere', async () => {
    expect(await refusal('/api/nothing')).toMatchObject({ status: 404, code: 'no-such-route' });
  });

  it.each(['/api/artifacts', '/api/artifacts/x', '/api/releases?env=staging', '/api/status?env=staging'])(
    'nobody may ask for %s without a token',
    async (path) => {
      const headers = { authorization: 'Bearer gmt_wrong' };
      expect(await refusal(path, { headers })).toMatchObject({ status: 401, code: 'unauthenticated' });
    },
  );

  it('and nothing of it is stored', async () => {
    expect(await listArtifacts(system, 'sha=merge')).toEqual([]);
  });
});

describe('an artifact', () => {
  it('is created once: 201, then 200, and 409 for other content under its id', async () => {
    const document = numbered('once', 1);
    const first = await call(system, '/api/artifact', { body: document });
    const second = await call(system, '/api/artifact', { body: document });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    const other = await refusal('/api/artifact', { body: { ...document, context: { OTHER: '1' } } });
    expect(other).toMatchObject({ status: 409, code: 'artifact-differs' });
  });

  it('is answered in the old spelling too', async () => {
    const version = { repositoryName: 'acme/pr', sha: 'abc', pr: true, source_branch: 'feature/x' };
    const answer = await push(system, { version, environments: [{ name: 'staging' }] });
    expect(answer.version).toMatchObject({
      repositoryName: 'acme/pr',
      name: 'acme/pr',
      event: 'pr',
      pr: true,
      sourceBranch: 'feature/x',
      source_branch: 'feature/x',
    });
    expect(answer.environments).toEqual([{ env: 'staging' }]);
  });

  it('is found again by page, each once, and without its values when only a summary is asked for', async () => {
    for (let n = 0; n < 5; n += 1) await push(system, numbered('paged', n));
    const seen: string[] = [];
    let path: string | undefined = '/api/artifacts?app=paged&limit=2&view=summary';
    while (path !== undefined) {
      const { body, headers } = await call(system, path);
      for (const item of body as { id: string; environments: object[] }[]) {
        seen.push(item.id);
        expect(item.environments[0]).not.toHaveProperty('manifests');
      }
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map((n) => `paged-${n}`));
  });

  it('carries its correlation id to the commit', async () => {
    const headers = { 'x-correlation-id': 'ci-run-77' };
    await call(system, '/api/artifact', { body: numbered('traced', 1), headers });
    await expect
      .poll(async () => (await listReleases(system, 'env=staging&app=traced'))[0]?.state, WAIT)
      .toBe('released');
    const [release] = await listReleases(system, 'env=staging&app=traced');
    const { git } = await import('../support/native-git.ts');
    const message = git(system.gitopsRepoPath, ['log', '-1', '--format=%B', release?.gitopsRef ?? '']);
    expect(message).toContain('Correlation-Id: ci-run-77');
  });
});

describe('a release by hand', () => {
  it('is followed by its request’s id to its end, and shows in the environment’s status', async () => {
    const app = 'manual';
    const environments = [
      manifest(app, 'production', { deploy: undefined }),
      manifest('other', 'production', { deploy: undefined }),
    ];
    const { id } = await push(system, artifactDocument({ id: `${app}-1`, environments }));
    const { body, status } = await call(system, '/api/releases', {
      body: { env: 'production', artifactId: id },
    });
    const request = requestAnswer.parse(body);
    expect(status).toBe(201);
    expect(request).toMatchObject({ state: 'processing', triggeredBy: 'admin' });
    const show = async () => requestAnswer.parse((await call(system, `/api/releases/${request.id}`)).body);
    await expect.poll(async () => (await show()).state, WAIT).toBe('succeeded');
    const running = statusAnswer.parse((await call(system, '/api/status?env=production')).body);
    expect(Object.keys(running).sort()).toEqual(['manual', 'other']);
    expect(running[app]).toMatchObject({ artifactId: id, state: 'released', cause: `request:${request.id}` });
    const { decisions } = await decisionsOf(system, id);
    expect(
      decisions.filter(({ cause }) => cause.startsWith('request:')).map(({ sentence }) => sentence),
    ).toEqual(['released by admin', 'released by admin']);
  });

  it('fails with what is wrong when its manifest can’t be rendered', async () => {
    const environments = [
      manifest('broken', 'production', { deploy: undefined, manifests: 'kind: [unclosed' }),
    ];
    const { id } = await push(system, artifactDocument({ id: 'broken-1', environments }));
    const { body } = await call(system, '/api/releases', { body: { env: 'production', artifactId: id } });
    const request = requestAnswer.parse(body);
    const show = async () => requestAnswer.parse((await call(system, `/api/releases/${request.id}`)).body);
    await expect.poll(async () => (await show()).state, WAIT).toBe('failed');
    expect((await show()).releases[0]).toMatchObject({
      state: 'failed',
      outcomeReason: expect.stringContaining('manifest'),
    });
  });

  it('is one for one Idempotency-Key', async () => {
    const { id } = await push(
      system,
      artifactDocument({
        id: 'keyed-1',
        environments: [manifest('keyed', 'production', { deploy: undefined })],
      }),
    );
    const options = { body: { env: 'production', artifactId: id }, headers: { 'idempotency-key': 'k1' } };
    const first = requestAnswer.parse((await call(system, '/api/releases', options)).body);
    const second = requestAnswer.parse((await call(system, '/api/releases', options)).body);
    expect(second.id).toBe(first.id);
    const other = { ...options, body: { ...options.body, app: 'keyed' } };
    expect(await refusal('/api/releases', other)).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
  });
});

describe('a list that is short as a rule', () => {
  const pagesOf = async (path: string) => {
    const pages: unknown[][] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const { status, headers, body } = await call(system, next);
      expect(status).toBe(200);
      pages.push(body as unknown[]);
      next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    return pages;
  };

  it('comes whole, and in pages to whoever asks for them', async () => {
    for (const name of ['one', 'two', 'three']) {
      const token = { name, role: 'reader', expiresInSeconds: 3_600 };
      expect((await call(system, '/api/tokens', { body: token })).status).toBe(201);
      const freeze = { from: '2030-01-01T00:00:00Z', until: '2030-01-02T00:00:00Z', reason: name };
      const body = { freeze };
      const policy = await call(system, `/api/policies/freeze/paged/${name}`, { method: 'PUT', body });
      expect(policy.status).toBe(201);
    }
    for (const path of ['/api/tokens?', '/api/users?', '/api/policies?env=paged&']) {
      const [whole = [], ...rest] = await pagesOf(path.slice(0, -1));
      expect(rest).toEqual([]);
      expect(whole.length).toBeGreaterThanOrEqual(3);
      const pages = await pagesOf(`${path}limit=2`);
      expect(pages.flat()).toEqual(whole);
      expect(pages.length).toBe(Math.ceil(whole.length / 2));
    }
  });
});

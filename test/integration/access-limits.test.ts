import { describe, expect, it } from 'vitest';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import { apiOfTwoAppsForTests, SETTINGS } from '../support/access/api-of-two-apps.ts';
import { APPS, type App, ENVIRONMENTS, type Env, TRUST } from '../support/access/attempts.ts';
import { by, ofShop } from '../support/access/callers.ts';
import { makeApi } from '../support/api-functions.ts';
import { artifactDocument, manifest } from '../support/stores.ts';

const { attempts, call, everything, started } = apiOfTwoAppsForTests();

describe('lists', () => {
  it.each(['listArtifacts', 'listReleases', 'listApprovals', 'getStatus', 'listDrift'] as const)(
    '%s leaves out what a caller may not look at',
    async (operation) => {
      const env = operation === 'listApprovals' ? 'production' : 'staging';
      const other = attempts({ app: 'blog', env })[operation];
      const { status, body } = await call(by({ role: 'engineer', ...ofShop }), other);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('blog');
      const { body: all } = await call(by({ role: 'admin' }), other);
      if (operation !== 'listDrift') expect(JSON.stringify(all)).toContain('blog');
    },
  );

  it('of all environments’ artifacts and holds hold theirs only', async () => {
    await call(by({ role: 'admin' }), attempts({ app: 'blog', env: 'staging' }).putHold);
    const engineer = by({ role: 'engineer', ...ofShop });
    for (const route of ['GET /api/artifacts', 'GET /api/holds']) {
      const { body } = await call(engineer, { route });
      expect(JSON.stringify(body)).not.toContain('blog');
    }
    const page = await call(engineer, { route: 'GET /api/artifacts', query: { limit: '1' } });
    expect(page.body).toHaveLength(1);
  });
});

describe('a leaked token of the CI of one app', () => {
  const ci = by({ role: 'ci', ...ofShop });
  const push = (document: Record<string, unknown>) =>
    call(ci, { route: 'POST /api/artifact', body: document });
  const version = { repositoryName: 'acme/shop', sha: 'abc', branch: 'feature/x', event: 'push' };
  let made = 0;
  const document = (environments: readonly unknown[], of: Record<string, unknown> = {}) => {
    made += 1;
    return artifactDocument({ id: `leak-${made}`, version, environments, ...of });
  };

  it.each<[string, readonly unknown[], Record<string, unknown>]>([
    ['has a manifest for another app', [manifest('shop', 'staging'), manifest('blog', 'staging')], {}],
    ['has another app in its variables', [manifest('{{ .SHA }}', 'staging')], { context: { SHA: 'blog' } }],
    [
      'has a preview of another app',
      [{ ...manifest('blog', 'staging'), preview: true }],
      { context: { BRANCH: 'x' } },
    ],
    [
      'cleans another app up',
      [{ ...manifest('shop', 'staging'), cleanup: { app: 'blog', event: 'branchDeleted', branch: '*' } }],
      {},
    ],
    [
      'cleans an app up that the branch is called like',
      [
        {
          ...manifest('shop', 'staging'),
          cleanup: { app: '{{ .BRANCH | sanitizeDNSName }}', event: 'branchDeleted', branch: '*' },
        },
      ],
      { version: { ...version, branch: 'blog' } },
    ],
    [
      'is of another repository',
      [manifest('shop', 'staging')],
      { version: { ...version, repositoryName: 'acme/blog' } },
    ],
  ])('pushes nothing that %s', async (_, environments, of) => {
    const before = await everything();
    expect(await push(document(environments, of))).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await everything()).toEqual(before);
  });

  it('releases nothing to a protected environment by what its manifest says', async () => {
    const pushed = document(
      ENVIRONMENTS.map((env) => manifest('shop', env)),
      {
        version: { ...version, branch: 'main' },
      },
    );
    expect(await push(pushed)).toMatchObject({ status: 201 });
    const { stores } = started();
    const ports = {
      ...stores,
      settings: { ...stores.settings, environments: { production: { protected: true } } },
    };
    const decisions = await decideArtifact(ports, { artifactId: String(pushed['id']) }, Date.now());
    expect(decisions?.map(({ env, outcome }) => [env, outcome])).toEqual([
      ['staging', 'released'],
      ['production', 'notMatched'],
    ]);
    expect(decisions?.[1]?.conditions).toContainEqual({
      ...{ name: 'grant', holds: false, saw: 'ci' },
      wanted: 'a grant to push that covers production, which is protected, by name',
    });
  });
});

describe('a team', () => {
  const engineer = by({ role: 'engineer', apps: ['team:sales'] });
  const lists = ['listArtifacts', 'listReleases', 'getStatus'] as const;

  it.each(lists)('has its apps in %s, and no others', async (operation) => {
    for (const app of APPS) {
      const { body } = await call(engineer, attempts({ app, env: 'staging' })[operation]);
      expect(JSON.stringify(body).includes(`acme/${app}`)).toBe(app === 'shop');
    }
    const { body } = await call(engineer, { route: 'GET /api/artifacts' });
    expect(JSON.stringify(body)).not.toContain('blog');
  });

  it('is granted what a grant of its apps would be, and nothing in protected environments', async () => {
    const ask = (app: App, env: Env) => call(engineer, attempts({ app, env }).requestRelease);
    expect(await ask('shop', 'staging')).toMatchObject({ status: 201 });
    expect(await ask('shop', 'production')).toMatchObject({ status: 403 });
    expect((await ask('blog', 'staging')).status).toBeGreaterThanOrEqual(403);
    const { embedded, stores } = started();
    const lost = makeApi(embedded, stores, SETTINGS.replace('sh?p', 'shop-*'));
    const asked = attempts({ app: 'shop', env: 'staging' }).requestRelease;
    expect((await lost.call(engineer, asked)).status).toBeGreaterThanOrEqual(403);
  });

  it('pushes its apps, and has their manifests decide', async () => {
    const ci = by({ role: 'ci', apps: ['team:sales'], repositories: ['acme/*'] });
    const push = (app: App) => call(ci, attempts({ app, env: 'staging' }).pushArtifact);
    expect(await push('blog')).toMatchObject({ status: 403 });
    const granted = async (settingsJson: string) => {
      const { status, body } = await push('shop');
      expect(status).toBe(201);
      const artifactId = String((body as { readonly id: unknown }).id);
      const ports = { ...started().stores, settings: parseSettings(settingsJson) };
      const decisions = await decideArtifact(ports, { artifactId }, Date.now());
      const ofStaging = decisions?.find(({ env }) => env === 'staging');
      return !ofStaging?.conditions.some(({ name }) => name === 'grant');
    };
    expect(await granted(SETTINGS)).toBe(true);
    expect(await granted(SETTINGS.replace('sh?p', 'shop-*'))).toBe(false);
  });

  it.each(lists)('is what %s can be asked for; one that is misspelt is told', async (operation) => {
    const admin = by({ role: 'admin' });
    const { route, query = {} } = attempts({ app: 'shop', env: 'staging' })[operation];
    const { app: _, ...rest } = query;
    const of = (team: string) => call(admin, { route, query: { ...rest, team } });
    const { status, body } = await of('sales');
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('acme/shop');
    expect(JSON.stringify(body)).not.toContain('acme/blog');
    expect((await of('none')).body).toEqual(operation === 'getStatus' ? {} : []);
    const unknown = { status: 404, body: { code: 'team-not-found' } };
    expect(await of('sails')).toMatchObject(unknown);
    expect(JSON.stringify((await of('sails')).body)).toContain('there are none, sales');
  });

  it('that nobody has heard of is granted nothing, and whoever tries is told', async () => {
    const admin = by({ role: 'admin' });
    const body = { name: 'jane', role: 'engineer', apps: ['shop', 'team:sails'] };
    const refused = { status: 400, body: { errors: [{ path: 'apps' }] } };
    expect(await call(admin, { route: 'POST /api/tokens', body })).toMatchObject(refused);
    const path = '/api/trust/shop';
    const trust = { route: 'PUT /api/trust/{id}', path, body: { ...TRUST, apps: ['team:sails'] } };
    expect(await call(admin, trust)).toMatchObject(refused);
  });
});

describe('an operator of one environment', () => {
  const operator = by({ role: 'operator', environments: ['staging'] });

  it('has nothing decided again that may be released to another', async () => {
    const before = await everything();
    const answer = await call(operator, attempts({ app: 'shop', env: 'staging' }).replayArtifact);
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await everything()).toEqual(before);
  });

  it.each([
    ['auto-promote/staging/shop/production', {}],
    ['auto-promote/staging/shop', { to: 'production' }],
    ['auto-promote/staging', { app: 'shop', to: 'production' }],
  ])('makes no policy that promotes to another: %s', async (id, fields) => {
    const before = await everything();
    const path = `/api/policies/${id}`;
    const body = { afterSeconds: 60, ...fields };
    const answer = await call(operator, { route: 'PUT /api/policies/{id+}', path, body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await everything()).toEqual(before);
  });
});

describe('the commits of a GitOps repo', () => {
  it.each([
    'acme/gitops',
    'git.example.com/acme/gitops',
    'https://git.example.com/acme/gitops.git',
    'Acme/GitOps',
  ])('make no artifact: %s', async (repositoryName) => {
    const before = await everything();
    const body = artifactDocument({ id: 'loop', version: { repositoryName, sha: 'a', event: 'push' } });
    expect(await call(by({ role: 'admin' }), { route: 'POST /api/artifact', body })).toMatchObject({
      status: 422,
      body: { code: 'artifact-of-gitops-repo' },
    });
    expect(await everything()).toEqual(before);
  });
});

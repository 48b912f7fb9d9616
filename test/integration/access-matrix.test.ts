import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS } from '../../shared/access/actions.ts';
import type { Caller, Grant, Principal } from '../../shared/access/principal.ts';
import { type RoleOrder, roleGrants } from '../../shared/access/role-grants.ts';
import { ROLES, type Role } from '../../shared/access/roles.ts';
import { type Operation, ROUTES } from '../../shared/contract/routes.ts';
import { createRelease } from '../../shared/release/create-release.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { parseSettings } from '../../shared/release/settings.ts';
import { type ApiAttempt, makeApi } from '../support/api-functions.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { accept, artifactDocument, makeStores, manifest, type Stores } from '../support/stores.ts';

const SETTINGS = JSON.stringify({
  gitops: { repo: 'https://git.example.com/acme/gitops.git' },
  environments: { staging: {}, production: { protected: true, approvals: { required: 10 } } },
  teams: { sales: { apps: ['sh?p'] }, none: { apps: ['nothing'] } },
});
const APPS = ['shop', 'blog'] as const;
const ENVIRONMENTS = ['staging', 'production'] as const;
type App = (typeof APPS)[number];
type Env = (typeof ENVIRONMENTS)[number];
interface Target {
  readonly app: App;
  readonly env: Env;
}

let embedded: Embedded;
let stores: Stores;
let api: ReturnType<typeof makeApi>;

/** What there is of each app: an artifact that was released by itself to staging, and what is written of it. */
beforeAll(async () => {
  embedded = await startEmbedded();
  stores = makeStores(embedded);
  api = makeApi(embedded, stores, SETTINGS);
  for (const app of APPS) {
    const { id: artifactId } = await accept(stores, pushed(app, `${app}-1`));
    const decisions = await decideArtifact(stores, { artifactId }, Date.now());
    const releaseId = decisions?.find(({ env }) => env === 'staging')?.release?.id ?? '';
    releaseOf[app] = releaseId;
    await render(releaseId);
    const written = { releaseId, artifactId, order: 1, writtenAt: 1, tree: 'a'.repeat(40) };
    for (const env of ENVIRONMENTS) await stores.targets.recordWritten({ app, env }, written);
    for (const n of [1, 2]) await wait(app, n);
  }
});
afterAll(() => embedded.close());

/** As the renderer leaves it. */
async function render(releaseId: string): Promise<void> {
  const bundle = await stores.bundles.put(new Map([['configmap.yaml', 'kind: ConfigMap\n']]));
  const queued = await stores.releases.get(releaseId);
  const rendering = queued && (await stores.releases.move(queued, { state: 'rendering' }));
  if (!rendering || !(await stores.releases.move(rendering, { state: 'ready', bundle }))) {
    throw new Error(`release ${releaseId} could not be made ready`);
  }
}

/** A release to production that needs more approvals than there are roles. */
async function wait(app: App, n: number): Promise<void> {
  const like = await stores.releases.get(releaseOf[app]);
  if (!like) throw new Error(`there is no release of ${app}`);
  const { artifactId, manifestIndex, version, cause, location } = like;
  await createRelease(
    { ...stores, settings: parseSettings(SETTINGS) },
    {
      ...{ id: `waiting-${app}-${n}`, app, env: 'production', artifactId, manifestIndex, version, cause },
      ...{
        change: { kind: 'deploy' },
        automatic: true,
        triggeredBy: 'policy',
        reason: '',
        order: 9,
        location,
      },
    },
    Date.now(),
  );
}

const releaseOf: Record<App, string> = { shop: '', blog: '' };

function pushed(app: string, id: string): Record<string, unknown> {
  return artifactDocument({
    id,
    version: { repositoryName: `acme/${app}`, sha: id.replaceAll('-', ''), branch: 'main', event: 'push' },
    environments: ENVIRONMENTS.map((env) => manifest(app, env)),
  });
}

function by(...orders: readonly RoleOrder[]): Caller {
  const name = orders.map(({ role }) => role).join('-');
  return { kind: 'token', id: name, name, grants: orders.flatMap((order) => roleGrants(order)) };
}

let pushes = 0;

const TRUST = {
  provider: 'github',
  issuer: 'https://token.actions.githubusercontent.com',
  audience: 'https://gimletd.example.com',
  repository: 'acme/shop',
  repositoryId: '200',
  ownerId: '100',
  workflow: '.github/workflows/release.yml',
  refs: ['refs/heads/main'],
  apps: ['shop'],
};

/** A request of every operation, for one app in one environment where the operation is about one. */
function attempts({ app, env }: Target): Record<Operation, ApiAttempt> {
  const artifactId = `${app}-1`;
  pushes += 1;
  const other = env === 'staging' ? 'production' : 'staging';
  const policy = { path: `/api/policies/auto-release/${env}/${app}` };
  const hold = { path: `/api/holds/${env}/${app}` };
  const token = { path: '/api/tokens/none' };
  const trust = { path: '/api/trust/shop' };
  return {
    describe: { route: 'GET /' },
    openApi: { route: 'GET /openapi.json' },
    docs: { route: 'GET /docs' },
    pushArtifact: { route: 'POST /api/artifact', body: pushed(app, `${app}-new-${pushes}`) },
    listArtifacts: { route: 'GET /api/artifacts', query: { app } },
    getArtifact: { route: 'GET /api/artifacts/{id+}', path: `/api/artifacts/${artifactId}` },
    requestRelease: { route: 'POST /api/releases', body: { env, artifactId, app } },
    listReleases: { route: 'GET /api/releases', query: { env, app } },
    getRelease: { route: 'GET /api/releases/{id+}', path: `/api/releases/${releaseOf[app]}` },
    cancelRelease: {
      route: 'POST /api/releases/{id}/cancel',
      path: `/api/releases/${releaseOf[app]}/cancel`,
    },
    approveRelease: {
      route: 'POST /api/releases/{id}/approve',
      path: `/api/releases/waiting-${app}-1/approve`,
    },
    rejectRelease: {
      route: 'POST /api/releases/{id}/reject',
      path: `/api/releases/waiting-${app}-2/reject`,
      body: { reason: 'because' },
    },
    listApprovals: { route: 'GET /api/approvals', query: { env, app } },
    requestRollback: { route: 'POST /api/rollback', body: { env, app, to: artifactId } },
    requestDelete: { route: 'POST /api/delete', body: { env, app } },
    requestPromotion: { route: 'POST /api/promote', body: { from: other, to: env, app } },
    trackEvent: { route: 'GET /api/event', query: { id: artifactId } },
    trackRelease: { route: 'GET /api/eventReleaseTrack', query: { id: artifactId } },
    trackArtifact: { route: 'GET /api/eventArtifactTrack', query: { artifactId } },
    getStatus: { route: 'GET /api/status', query: { env, app } },
    getGitopsRepo: { route: 'GET /api/gitopsRepo' },
    getDiff: { route: 'GET /api/diff', query: { from: env, to: env, app } },
    listDrift: { route: 'GET /api/drift', query: { env, app } },
    reconcile: { route: 'POST /api/reconcile', body: { env, app, mode: 'adopt' } },
    tellBranch: {
      route: 'POST /api/hooks/generic',
      body: { repository: `acme/${app}`, branch: `b-${pushes}`, event: 'branchDeleted' },
    },
    listPolicies: { route: 'GET /api/policies', query: { env, app } },
    getPolicy: { route: 'GET /api/policies/{id+}', ...policy },
    putPolicy: {
      route: 'PUT /api/policies/{id+}',
      ...policy,
      body: { deploy: { event: 'push', branch: 'main' } },
    },
    deletePolicy: { route: 'DELETE /api/policies/{id+}', ...policy },
    simulatePolicies: { route: 'POST /api/policies/simulate', body: { app } },
    listHolds: { route: 'GET /api/holds' },
    getHold: { route: 'GET /api/holds/{id+}', ...hold },
    putHold: { route: 'PUT /api/holds/{id+}', ...hold, body: { reason: 'because' } },
    deleteHold: { route: 'DELETE /api/holds/{id+}', ...hold },
    getSettings: { route: 'GET /api/settings' },
    putSettings: { route: 'PUT /api/settings', body: {} },
    listSettingsVersions: { route: 'GET /api/settings/history' },
    listAudit: { route: 'GET /api/audit', query: { app } },
    listAuditBlocks: { route: 'GET /api/audit/blocks' },
    readAuditLogs: {
      route: 'POST /api/audit/logs',
      body: { items: [{ pk: `ARTIFACT#${artifactId}`, sk: 'META' }] },
    },
    examine: { route: 'POST /api/operations/doctor' },
    redrive: { route: 'POST /api/operations/redrive' },
    replayArtifact: { route: 'POST /api/operations/replay', body: { artifactId } },
    getUser: { route: 'GET /api/user' },
    listUsers: { route: 'GET /api/users' },
    createUser: { route: 'POST /api/user', body: { login: `user-${pushes}` } },
    showUser: { route: 'GET /api/user/{id+}', path: '/api/user/none' },
    deleteUser: { route: 'DELETE /api/user/{id+}', path: '/api/user/none' },
    listTokens: { route: 'GET /api/tokens' },
    createToken: {
      route: 'POST /api/tokens',
      body: { name: `x-${pushes}`, role: 'reader' },
    },
    rotateToken: { route: 'POST /api/tokens/{id}/rotate', path: '/api/tokens/none/rotate', body: {} },
    revokeToken: { route: 'DELETE /api/tokens/{id}', ...token },
    listTrust: { route: 'GET /api/trust' },
    getTrust: { route: 'GET /api/trust/{id}', ...trust },
    putTrust: { route: 'PUT /api/trust/{id}', ...trust, body: TRUST },
    deleteTrust: { route: 'DELETE /api/trust/{id}', ...trust },
  };
}

const READERS: readonly Role[] = ['reader', 'ci', 'engineer', 'approver', 'operator'];

/**
 * Written by hand, apart from what the product says of itself: who may do it, and what it is about. `target`: an app in
 * an environment. `app`: an app, wherever. `repository`: all apps of one. `all`: everything there is. `seen`: it is
 * answered with what the caller may look at. `hidden`: what is of another app is not there. `nothing`: it is not there for
 * anybody.
 */
const RULES: Record<
  Operation,
  { readonly roles: readonly Role[] | 'open' | 'known'; readonly about: About }
> = {
  describe: { roles: 'open', about: 'seen' },
  openApi: { roles: 'open', about: 'seen' },
  docs: { roles: 'open', about: 'seen' },
  pushArtifact: { roles: ['ci'], about: 'app' },
  listArtifacts: { roles: READERS, about: 'seen' },
  getArtifact: { roles: READERS, about: 'hidden' },
  requestRelease: { roles: ['engineer'], about: 'target' },
  listReleases: { roles: READERS, about: 'seen' },
  getRelease: { roles: READERS, about: 'hidden' },
  cancelRelease: { roles: ['engineer'], about: 'hidden' },
  approveRelease: { roles: ['approver'], about: 'hidden' },
  rejectRelease: { roles: ['approver'], about: 'hidden' },
  listApprovals: { roles: READERS, about: 'seen' },
  requestRollback: { roles: ['engineer'], about: 'target' },
  requestDelete: { roles: ['engineer'], about: 'target' },
  requestPromotion: { roles: ['engineer'], about: 'target' },
  trackEvent: { roles: READERS, about: 'hidden' },
  trackRelease: { roles: READERS, about: 'hidden' },
  trackArtifact: { roles: READERS, about: 'hidden' },
  getStatus: { roles: READERS, about: 'seen' },
  getGitopsRepo: { roles: READERS, about: 'seen' },
  getDiff: { roles: READERS, about: 'app' },
  listDrift: { roles: READERS, about: 'seen' },
  reconcile: { roles: ['engineer', 'operator'], about: 'target' },
  tellBranch: { roles: ['hooks', 'operator'], about: 'repository' },
  listPolicies: { roles: READERS, about: 'seen' },
  getPolicy: { roles: READERS, about: 'nothing' },
  putPolicy: { roles: ['operator'], about: 'target' },
  deletePolicy: { roles: ['operator'], about: 'target' },
  simulatePolicies: { roles: READERS, about: 'seen' },
  listHolds: { roles: READERS, about: 'seen' },
  getHold: { roles: READERS, about: 'nothing' },
  putHold: { roles: ['operator'], about: 'target' },
  deleteHold: { roles: ['operator'], about: 'target' },
  getSettings: { roles: ['operator'], about: 'seen' },
  putSettings: { roles: ['operator'], about: 'all' },
  listSettingsVersions: { roles: ['operator'], about: 'seen' },
  listAudit: { roles: ['operator'], about: 'all' },
  listAuditBlocks: { roles: ['operator'], about: 'all' },
  readAuditLogs: { roles: ['operator'], about: 'all' },
  examine: { roles: ['operator'], about: 'all' },
  redrive: { roles: ['operator'], about: 'all' },
  replayArtifact: { roles: ['operator'], about: 'hidden' },
  getUser: { roles: 'known', about: 'seen' },
  listUsers: { roles: [], about: 'all' },
  createUser: { roles: [], about: 'all' },
  showUser: { roles: [], about: 'all' },
  deleteUser: { roles: [], about: 'all' },
  listTokens: { roles: [], about: 'all' },
  createToken: { roles: [], about: 'all' },
  rotateToken: { roles: [], about: 'all' },
  revokeToken: { roles: [], about: 'all' },
  listTrust: { roles: [], about: 'all' },
  getTrust: { roles: [], about: 'all' },
  putTrust: { roles: [], about: 'all' },
  deleteTrust: { roles: [], about: 'all' },
};
type About = 'target' | 'app' | 'repository' | 'all' | 'seen' | 'hidden' | 'nothing';

interface Scope {
  readonly name: string;
  readonly where: Omit<RoleOrder, 'role'>;
  readonly targets: readonly Target[];
}

const ofShop = { apps: ['shop'], repositories: ['acme/shop'] };
const EVERY_TARGET = APPS.flatMap((app) => ENVIRONMENTS.map((env) => ({ app, env })));
const SCOPES: readonly Scope[] = [
  { name: 'of one app', where: ofShop, targets: EVERY_TARGET },
  {
    name: 'of one app, with both environments named',
    where: { ...ofShop, environments: ['staging', 'production'] },
    targets: EVERY_TARGET,
  },
  { name: 'of every app', where: {}, targets: EVERY_TARGET.filter(({ app }) => app === 'shop') },
];

/** 401, 403, 404 where it is refused or hidden; undefined where it is done, as far as there is something to do. */
function refusal(
  role: Role,
  { where }: Scope,
  operation: Operation,
  { app, env }: Target,
): number | undefined {
  const { roles, about } = RULES[operation];
  if (roles === 'open' || roles === 'known' || role === 'admin') return undefined;
  if (!roles.includes(role)) return 403;
  const isEverywhere = where.apps === undefined;
  const ofTheirs = isEverywhere || app === 'shop';
  const covers = env === 'staging' || where.environments !== undefined || role === 'operator';
  switch (about) {
    case 'all':
      return isEverywhere ? undefined : 403;
    case 'repository':
      return isEverywhere || (role === 'hooks' && app === 'shop') ? undefined : 403;
    case 'app':
      return ofTheirs ? undefined : 403;
    case 'hidden':
      return ofTheirs ? undefined : 404;
    case 'nothing':
      return 404;
    case 'target':
      return ofTheirs && covers ? undefined : 403;
    default:
      return undefined;
  }
}

const OPERATIONS = ROUTES.map(({ operation }) => operation);

/** Everything that is stored, and how many messages wait. */
async function everything(): Promise<unknown> {
  const documents = DynamoDBDocumentClient.from(embedded.dynamodbClient);
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new ScanCommand({ TableName: embedded.tableName, ExclusiveStartKey: start }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const waiting = await Promise.all(
    Object.values(embedded.queueUrls).map(async (QueueUrl) => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
      return (await embedded.sqsClient.send(command)).Attributes?.['ApproximateNumberOfMessages'];
    }),
  );
  const stored = items.map((item) => JSON.stringify(item)).sort();
  return { stored, waiting };
}

describe('every route', () => {
  it('is answered by a function, and says whom it hears', () => {
    expect([...api.routes].sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    for (const { action } of ROUTES) expect(['open', ...ACTIONS]).toContain(action);
  });

  it('asks for a token, and does nothing without one', async () => {
    const before = await everything();
    for (const operation of OPERATIONS) {
      const attempt = attempts({ app: 'shop', env: 'staging' })[operation];
      const { status } = await api.call({ kind: 'none' }, attempt);
      expect([operation, status]).toEqual([operation, RULES[operation].roles === 'open' ? 200 : 401]);
    }
    expect(await everything()).toEqual(before);
  });
});

/** What there may be nothing of to do it to: then that is what whoever may do it is told. */
const MAY_MISS: readonly Operation[] = [
  'requestRollback',
  'reconcile',
  'showUser',
  'deleteUser',
  'getPolicy',
  'deletePolicy',
  'getHold',
  'deleteHold',
  'rotateToken',
  'revokeToken',
  'getTrust',
  'deleteTrust',
];

describe.each(SCOPES)('whoever has a role $name', (scope) => {
  // An admin has no scope.
  it.each(ROLES.filter((role) => role !== 'admin' || scope.where.apps === undefined))(
    '%s does what it is for, where it is for; all else is refused and leaves no trace',
    async (role) => {
      const cells = OPERATIONS.flatMap((operation) =>
        scope.targets.map((target) => ({
          ...{ operation, target, attempt: attempts(target)[operation] },
          expected: refusal(role, scope, operation, target),
        })),
      );
      const caller = by({ role, ...scope.where });
      const tried = async (cell: (typeof cells)[number]) => {
        const { status } = await api.call(caller, cell.attempt);
        return { operation: cell.operation, ...cell.target, status };
      };
      const before = await everything();
      const refused = cells.filter(({ expected }) => expected !== undefined);
      for (const cell of refused) {
        const { operation, target, expected } = cell;
        expect(await tried(cell)).toEqual({ operation, ...target, status: expected });
      }
      expect(await everything()).toEqual(before);
      for (const cell of cells.filter(({ expected }) => expected === undefined)) {
        const { status } = await tried(cell);
        const missed = status === 404 && MAY_MISS.includes(cell.operation);
        expect({ ...cell, done: missed || status < 300 || status }).toEqual({ ...cell, done: true });
      }
    },
  );
});

describe('lists', () => {
  it.each(['listArtifacts', 'listReleases', 'listApprovals', 'getStatus', 'listDrift'] as const)(
    '%s leaves out what a caller may not look at',
    async (operation) => {
      const env = operation === 'listApprovals' ? 'production' : 'staging';
      const other = attempts({ app: 'blog', env })[operation];
      const { status, body } = await api.call(by({ role: 'engineer', ...ofShop }), other);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('blog');
      const { body: all } = await api.call(by({ role: 'admin' }), other);
      if (operation !== 'listDrift') expect(JSON.stringify(all)).toContain('blog');
    },
  );

  it('of all environments’ artifacts and holds hold theirs only', async () => {
    await api.call(by({ role: 'admin' }), attempts({ app: 'blog', env: 'staging' }).putHold);
    const engineer = by({ role: 'engineer', ...ofShop });
    for (const route of ['GET /api/artifacts', 'GET /api/holds']) {
      const { body } = await api.call(engineer, { route });
      expect(JSON.stringify(body)).not.toContain('blog');
    }
    const page = await api.call(engineer, { route: 'GET /api/artifacts', query: { limit: '1' } });
    expect(page.body).toHaveLength(1);
  });
});

describe('a leaked token of the CI of one app', () => {
  const ci = by({ role: 'ci', ...ofShop });
  const push = (document: Record<string, unknown>) =>
    api.call(ci, { route: 'POST /api/artifact', body: document });
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
      const { body } = await api.call(engineer, attempts({ app, env: 'staging' })[operation]);
      expect(JSON.stringify(body).includes(`acme/${app}`)).toBe(app === 'shop');
    }
    const { body } = await api.call(engineer, { route: 'GET /api/artifacts' });
    expect(JSON.stringify(body)).not.toContain('blog');
  });

  it('is granted what a grant of its apps would be, and nothing in protected environments', async () => {
    const ask = (app: App, env: Env) => api.call(engineer, attempts({ app, env }).requestRelease);
    expect(await ask('shop', 'staging')).toMatchObject({ status: 201 });
    expect(await ask('shop', 'production')).toMatchObject({ status: 403 });
    expect((await ask('blog', 'staging')).status).toBeGreaterThanOrEqual(403);
    const lost = makeApi(embedded, stores, SETTINGS.replace('sh?p', 'shop-*'));
    const asked = attempts({ app: 'shop', env: 'staging' }).requestRelease;
    expect((await lost.call(engineer, asked)).status).toBeGreaterThanOrEqual(403);
  });

  it('pushes its apps, and has their manifests decide', async () => {
    const ci = by({ role: 'ci', apps: ['team:sales'], repositories: ['acme/*'] });
    const push = (app: App) => api.call(ci, attempts({ app, env: 'staging' }).pushArtifact);
    expect(await push('blog')).toMatchObject({ status: 403 });
    const granted = async (settingsJson: string) => {
      const { status, body } = await push('shop');
      expect(status).toBe(201);
      const artifactId = String((body as { readonly id: unknown }).id);
      const ports = { ...stores, settings: parseSettings(settingsJson) };
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
    const of = (team: string) => api.call(admin, { route, query: { ...rest, team } });
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
    expect(await api.call(admin, { route: 'POST /api/tokens', body })).toMatchObject(refused);
    const path = '/api/trust/shop';
    const trust = { route: 'PUT /api/trust/{id}', path, body: { ...TRUST, apps: ['team:sails'] } };
    expect(await api.call(admin, trust)).toMatchObject(refused);
  });
});

describe('an operator of one environment', () => {
  const operator = by({ role: 'operator', environments: ['staging'] });

  it('has nothing decided again that may be released to another', async () => {
    const before = await everything();
    const answer = await api.call(operator, attempts({ app: 'shop', env: 'staging' }).replayArtifact);
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
    const answer = await api.call(operator, { route: 'PUT /api/policies/{id+}', path, body });
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
    expect(await api.call(by({ role: 'admin' }), { route: 'POST /api/artifact', body })).toMatchObject({
      status: 422,
      body: { code: 'artifact-of-gitops-repo' },
    });
    expect(await everything()).toEqual(before);
  });
});

const patterns = fc.subarray(['*', 'shop', 's*', 'blog', 'team:sales'], { minLength: 0, maxLength: 2 });
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  actions: fc.subarray([...ACTIONS, ...ROLES.filter((role) => role !== 'admin')], { maxLength: 4 }),
  apps: patterns,
  environments: fc.subarray(['*', '**', 'staging', 'production', 'prod*'], { maxLength: 2 }),
  repositories: fc.subarray(['*', 'acme/*', 'acme/shop'], { maxLength: 1 }),
});

describe('whatever is granted', () => {
  it('what is answered 401, 403 or 404 was neither stored nor sent', async () => {
    let before = await everything();
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyGrant, { maxLength: 3 }),
        fc.constantFrom(...OPERATIONS),
        fc.constantFrom(...EVERY_TARGET),
        async (grants, operation, target) => {
          const principal: Principal = { kind: 'token', id: 'any', name: 'any', grants };
          const { status } = await api.call(principal, attempts(target)[operation]);
          const [seen, after] = [before, await everything()];
          before = after;
          if ([401, 403, 404].includes(status)) expect(after).toEqual(seen);
          const changes = RULES[operation].about === 'target' || RULES[operation].about === 'app';
          const named = grants.some(
            ({ apps }) =>
              apps.includes('*') ||
              apps.includes(target.app) ||
              (target.app === 'shop' && apps.includes('s*')),
          );
          if (changes && !named) expect(after).toEqual(seen);
        },
      ),
      { numRuns: 60 },
    );
  });
});

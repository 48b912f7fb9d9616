import type { Operation } from '../../../shared/contract/routes.ts';
import type { ApiAttempt } from '../api-functions.ts';
import { artifactDocument, manifest } from '../stores.ts';

export const APPS = ['shop', 'blog'] as const;
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type App = (typeof APPS)[number];
export type Env = (typeof ENVIRONMENTS)[number];
export interface Target {
  readonly app: App;
  readonly env: Env;
}

/** An artifact of an app for every environment. */
export function pushed(app: string, id: string): Record<string, unknown> {
  return artifactDocument({
    id,
    version: { repositoryName: `acme/${app}`, sha: id.replaceAll('-', ''), branch: 'main', event: 'push' },
    environments: ENVIRONMENTS.map((env) => manifest(app, env)),
  });
}

/** A trust policy as it is sent. */
export const TRUST = {
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

let pushes = 0;

/**
 * A request of every operation, for one app in one environment where the operation is about one; `releaseId` is one of
 * that app.
 */
export function attemptsOf({ app, env }: Target, releaseId: string): Record<Operation, ApiAttempt> {
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
    getRelease: { route: 'GET /api/releases/{id+}', path: `/api/releases/${releaseId}` },
    cancelRelease: {
      route: 'POST /api/releases/{id}/cancel',
      path: `/api/releases/${releaseId}/cancel`,
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

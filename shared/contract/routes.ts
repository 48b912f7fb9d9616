import type { Action } from '../access/actions.ts';
import type { FunctionName } from './functions.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As API Gateway writes it: `{id}` one segment, `{id+}` the rest of the path. */
  readonly path: string;
  readonly function: FunctionName;
  readonly operation: string;
  /** What a caller must be granted, somewhere at least, to be heard at all; `open`: nothing. */
  readonly action: Action | 'open';
  readonly summary: string;
}

/**
 * The HTTP API: one table for the gateway on AWS, the one on a laptop, the handlers' routers and the CLI's client.
 * Ids may hold `/`, percent-encoded; some gateways decode it before they match, hence the greedy parameters.
 */
export const ROUTES = [
  {
    method: 'GET',
    path: '/',
    function: 'releases',
    operation: 'describe',
    action: 'open',
    summary: 'What this is',
  },
  {
    method: 'POST',
    path: '/api/artifact',
    function: 'artifacts',
    operation: 'pushArtifact',
    action: 'artifact:push',
    summary: 'Push an artifact',
  },
  {
    method: 'GET',
    path: '/api/artifacts',
    function: 'artifacts',
    operation: 'listArtifacts',
    action: 'artifact:read',
    summary: 'Browse artifacts',
  },
  {
    method: 'GET',
    path: '/api/artifacts/{id+}',
    function: 'artifacts',
    operation: 'getArtifact',
    action: 'artifact:read',
    summary: 'An artifact; with /decisions after its id, what was decided for it',
  },
  {
    method: 'POST',
    path: '/api/releases',
    function: 'releases',
    operation: 'requestRelease',
    action: 'release:request',
    summary: 'Release an artifact to an environment',
  },
  {
    method: 'GET',
    path: '/api/releases',
    function: 'releases',
    operation: 'listReleases',
    action: 'release:read',
    summary: 'Browse releases',
  },
  {
    method: 'GET',
    path: '/api/releases/{id+}',
    function: 'releases',
    operation: 'getRelease',
    action: 'release:read',
    summary: 'A release, or a request with its releases',
  },
  {
    method: 'POST',
    path: '/api/releases/{id}/cancel',
    function: 'releases',
    operation: 'cancelRelease',
    action: 'release:cancel',
    summary: 'Take back a release, or those of a request, before the writer has it',
  },
  {
    method: 'POST',
    path: '/api/rollback',
    function: 'releases',
    operation: 'requestRollback',
    action: 'release:rollback',
    summary: 'Make an app what it was at a commit, a release or an artifact',
  },
  {
    method: 'POST',
    path: '/api/delete',
    function: 'releases',
    operation: 'requestDelete',
    action: 'release:delete',
    summary: 'Take an app out of an environment',
  },
  {
    method: 'POST',
    path: '/api/promote',
    function: 'releases',
    operation: 'requestPromotion',
    action: 'release:request',
    summary: 'Release to an environment what runs in another',
  },
  {
    method: 'GET',
    path: '/api/event',
    function: 'releases',
    operation: 'trackEvent',
    action: 'release:read',
    summary: 'How far a request, a release or an artifact is, for older clients',
  },
  {
    method: 'GET',
    path: '/api/eventReleaseTrack',
    function: 'releases',
    operation: 'trackRelease',
    action: 'release:read',
    summary: 'The same, of a request or a release',
  },
  {
    method: 'GET',
    path: '/api/eventArtifactTrack',
    function: 'releases',
    operation: 'trackArtifact',
    action: 'release:read',
    summary: 'The same, of an artifact',
  },
  {
    method: 'GET',
    path: '/api/status',
    function: 'releases',
    operation: 'getStatus',
    action: 'release:read',
    summary: 'What runs in an environment',
  },
  {
    method: 'GET',
    path: '/api/diff',
    function: 'releases',
    operation: 'getDiff',
    action: 'release:read',
    summary: 'What runs in one environment beside what runs in another',
  },
  {
    method: 'GET',
    path: '/api/drift',
    function: 'releases',
    operation: 'listDrift',
    action: 'release:read',
    summary: 'Apps whose directories somebody else has changed',
  },
  {
    method: 'POST',
    path: '/api/reconcile',
    function: 'releases',
    operation: 'reconcile',
    action: 'drift:reconcile',
    summary: 'Settle a drift: write our release again, or adopt what was found',
  },
  {
    method: 'POST',
    path: '/api/hooks/generic',
    function: 'admin',
    operation: 'tellBranch',
    action: 'hook:send',
    summary: 'Tell that a branch was deleted or created',
  },
  {
    method: 'GET',
    path: '/api/policies',
    function: 'admin',
    operation: 'listPolicies',
    action: 'policy:read',
    summary: 'Policies, of an environment, an app or a kind',
  },
  {
    method: 'GET',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'getPolicy',
    action: 'policy:read',
    summary: 'A policy with its versions; its ETag goes into If-Match',
  },
  {
    method: 'PUT',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'putPolicy',
    action: 'policy:write',
    summary: 'Make or change a policy',
  },
  {
    method: 'DELETE',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'deletePolicy',
    action: 'policy:write',
    summary: 'Delete a policy',
  },
  {
    method: 'POST',
    path: '/api/policies/simulate',
    function: 'admin',
    operation: 'simulatePolicies',
    action: 'policy:read',
    summary: 'Try policies on stored artifacts, beside what was decided then',
  },
  {
    method: 'GET',
    path: '/api/holds',
    function: 'admin',
    operation: 'listHolds',
    action: 'policy:read',
    summary: 'Targets whose automation is held',
  },
  {
    method: 'GET',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'getHold',
    action: 'policy:read',
    summary: 'The hold of a target, and what would be released if it ended now',
  },
  {
    method: 'PUT',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'putHold',
    action: 'hold:write',
    summary: 'Hold the automation of a target',
  },
  {
    method: 'DELETE',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'deleteHold',
    action: 'hold:write',
    summary: 'Resume the automation of a target',
  },
  {
    method: 'GET',
    path: '/api/user',
    function: 'admin',
    operation: 'getUser',
    action: 'user:read',
    summary: 'Who calls, and what they may do',
  },
  {
    method: 'GET',
    path: '/api/tokens',
    function: 'admin',
    operation: 'listTokens',
    action: 'token:read',
    summary: 'API tokens, without what their holders have',
  },
  {
    method: 'POST',
    path: '/api/tokens',
    function: 'admin',
    operation: 'createToken',
    action: 'token:write',
    summary: 'Make an API token; it is told this once',
  },
  {
    method: 'POST',
    path: '/api/tokens/{id}/rotate',
    function: 'admin',
    operation: 'rotateToken',
    action: 'token:write',
    summary: 'Give a token another secret; the one before goes on for a while',
  },
  {
    method: 'DELETE',
    path: '/api/tokens/{id}',
    function: 'admin',
    operation: 'revokeToken',
    action: 'token:write',
    summary: 'End a token for good',
  },
] as const satisfies readonly Route[];

export type Operation = (typeof ROUTES)[number]['operation'];

/** Route key (`GET /api/artifacts`) → what it asks of a caller. A route that is not here is nobody's. */
export const ROUTE_ACTIONS: ReadonlyMap<string, Action | 'open'> = new Map(
  ROUTES.map(({ method, path, action }) => [`${method} ${path}`, action]),
);

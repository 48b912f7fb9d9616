import type { FunctionName } from './functions.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As API Gateway writes it: `{id}` one segment, `{id+}` the rest of the path. */
  readonly path: string;
  readonly function: FunctionName;
  readonly operation: string;
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
    summary: 'What this is',
  },
  {
    method: 'POST',
    path: '/api/artifact',
    function: 'artifacts',
    operation: 'pushArtifact',
    summary: 'Push an artifact',
  },
  {
    method: 'GET',
    path: '/api/artifacts',
    function: 'artifacts',
    operation: 'listArtifacts',
    summary: 'Browse artifacts',
  },
  {
    method: 'GET',
    path: '/api/artifacts/{id+}',
    function: 'artifacts',
    operation: 'getArtifact',
    summary: 'An artifact; with /decisions after its id, what was decided for it',
  },
  {
    method: 'POST',
    path: '/api/releases',
    function: 'releases',
    operation: 'requestRelease',
    summary: 'Release an artifact to an environment',
  },
  {
    method: 'GET',
    path: '/api/releases',
    function: 'releases',
    operation: 'listReleases',
    summary: 'Browse releases',
  },
  {
    method: 'GET',
    path: '/api/releases/{id+}',
    function: 'releases',
    operation: 'getRelease',
    summary: 'A release, or a request with its releases',
  },
  {
    method: 'POST',
    path: '/api/releases/{id}/cancel',
    function: 'releases',
    operation: 'cancelRelease',
    summary: 'Take back a release, or those of a request, before the writer has it',
  },
  {
    method: 'POST',
    path: '/api/rollback',
    function: 'releases',
    operation: 'requestRollback',
    summary: 'Make an app what it was at a commit, a release or an artifact',
  },
  {
    method: 'POST',
    path: '/api/delete',
    function: 'releases',
    operation: 'requestDelete',
    summary: 'Take an app out of an environment',
  },
  {
    method: 'POST',
    path: '/api/promote',
    function: 'releases',
    operation: 'requestPromotion',
    summary: 'Release to an environment what runs in another',
  },
  {
    method: 'GET',
    path: '/api/event',
    function: 'releases',
    operation: 'trackEvent',
    summary: 'How far a request, a release or an artifact is, for older clients',
  },
  {
    method: 'GET',
    path: '/api/eventReleaseTrack',
    function: 'releases',
    operation: 'trackRelease',
    summary: 'The same, of a request or a release',
  },
  {
    method: 'GET',
    path: '/api/eventArtifactTrack',
    function: 'releases',
    operation: 'trackArtifact',
    summary: 'The same, of an artifact',
  },
  {
    method: 'GET',
    path: '/api/status',
    function: 'releases',
    operation: 'getStatus',
    summary: 'What runs in an environment',
  },
  {
    method: 'GET',
    path: '/api/drift',
    function: 'releases',
    operation: 'listDrift',
    summary: 'Apps whose directories somebody else has changed',
  },
  {
    method: 'POST',
    path: '/api/reconcile',
    function: 'releases',
    operation: 'reconcile',
    summary: 'Settle a drift: write our release again, or adopt what was found',
  },
  {
    method: 'POST',
    path: '/api/hooks/generic',
    function: 'admin',
    operation: 'tellBranch',
    summary: 'Tell that a branch was deleted or created',
  },
  {
    method: 'GET',
    path: '/api/policies',
    function: 'admin',
    operation: 'listPolicies',
    summary: 'Policies, of an environment, an app or a kind',
  },
  {
    method: 'GET',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'getPolicy',
    summary: 'A policy with its versions; its ETag goes into If-Match',
  },
  {
    method: 'PUT',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'putPolicy',
    summary: 'Make or change a policy',
  },
  {
    method: 'DELETE',
    path: '/api/policies/{id+}',
    function: 'admin',
    operation: 'deletePolicy',
    summary: 'Delete a policy',
  },
  {
    method: 'POST',
    path: '/api/policies/simulate',
    function: 'admin',
    operation: 'simulatePolicies',
    summary: 'Try policies on stored artifacts, beside what was decided then',
  },
  {
    method: 'GET',
    path: '/api/holds',
    function: 'admin',
    operation: 'listHolds',
    summary: 'Targets whose automation is held',
  },
  {
    method: 'GET',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'getHold',
    summary: 'The hold of a target, and what would be released if it ended now',
  },
  {
    method: 'PUT',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'putHold',
    summary: 'Hold the automation of a target',
  },
  {
    method: 'DELETE',
    path: '/api/holds/{id+}',
    function: 'admin',
    operation: 'deleteHold',
    summary: 'Resume the automation of a target',
  },
] as const satisfies readonly Route[];

export type Operation = (typeof ROUTES)[number]['operation'];

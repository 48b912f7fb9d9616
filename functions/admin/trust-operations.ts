import { authorize } from '../../shared/access/authorize.ts';
import { EVERYWHERE } from '../../shared/access/resource.ts';
import {
  deleteTrust,
  putTrust,
  showTrust,
  type TrustChange,
  type TrustPolicies,
} from '../../shared/access/trust/change-trust.ts';
import { parseTrustPolicy } from '../../shared/access/trust/parse-trust-policy.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import { parseQuery, wholeListQuery } from '../../shared/contract/query.ts';
import { toTrustAnswer } from '../../shared/contract/trust.ts';
import { checkTeams } from '../../shared/release/known-teams.ts';
import type { Settings } from '../../shared/release/settings.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { conditions, etag } from './conditional-headers.ts';
import { readBody } from './read-body.ts';

export interface TrustOperationPorts {
  readonly settings: Pick<Settings, 'teams'>;
  readonly trusts: TrustPolicies;
  readonly clock: () => number;
}

const BASE = '/api/trust/';

export function trustOperations(ports: TrustOperationPorts): HttpOperations {
  return {
    'GET /api/trust': (request) => list(ports, request),
    'GET /api/trust/{id}': (request) => show(ports, request),
    'PUT /api/trust/{id}': (request) => put(ports, request),
    'DELETE /api/trust/{id}': (request) => remove(ports, request),
  };
}

async function list({ trusts }: TrustOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'trust:read', EVERYWHERE);
  const query = parseQuery(wholeListQuery, request.query);
  const items = await trusts.list();
  const { answers, headers } = listPage(request, query, {
    items,
    placeOf: ({ name }) => name,
    answerOf: toTrustAnswer,
  });
  return json(200, answers, headers);
}

async function show({ trusts }: TrustOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'trust:read', EVERYWHERE);
  const stored = await showTrust(trusts, idInPath(request.path, BASE));
  return json(200, toTrustAnswer(stored), etag(stored.version));
}

async function put(ports: TrustOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const change = allowedChange(ports, request);
  const policy = parseTrustPolicy(idInPath(request.path, BASE), readBody(request));
  checkTeams(ports.settings, [policy]);
  const { stored, created } = await putTrust(ports.trusts, policy, change);
  return json(created ? 201 : 200, toTrustAnswer(stored), etag(stored.version));
}

async function remove(ports: TrustOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const change = allowedChange(ports, request);
  const name = idInPath(request.path, BASE);
  await deleteTrust(ports.trusts, name, change);
  return json(200, { name, deleted: true });
}

/** Who lets others in can let anybody in, so it takes everything. */
function allowedChange({ clock }: TrustOperationPorts, request: HttpRequest): TrustChange {
  const { name } = authorize(request.principal, 'trust:write', EVERYWHERE);
  return { changedBy: name, now: clock(), ...conditions(request) };
}

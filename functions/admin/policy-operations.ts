import type { Action } from '../../shared/access/actions.ts';
import { authorize } from '../../shared/access/authorize.ts';
import { defined } from '../../shared/contract/defined.ts';
import {
  policiesQuery,
  simulateBody,
  toPolicyAnswer,
  toSimulationAnswer,
} from '../../shared/contract/policies.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import { parsePolicy, policyNameOf } from '../../shared/policy/parse-policy.ts';
import type { ChangeContext } from '../../shared/policy/policy-document.ts';
import { deletePolicy, putPolicy } from '../../shared/release/change-policy.ts';
import { listPolicies, showPolicy } from '../../shared/release/list-policies.ts';
import { simulatePolicies } from '../../shared/release/simulate-policies.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { AdminPorts } from './admin.ts';
import { conditions, etag } from './conditional-headers.ts';
import { readBody } from './read-body.ts';

const BASE = '/api/policies/';

export function policyOperations(ports: AdminPorts): HttpOperations {
  return {
    'GET /api/policies': (request) => list(ports, request),
    'GET /api/policies/{id+}': (request) => show(ports, request),
    'PUT /api/policies/{id+}': (request) => put(ports, request),
    'DELETE /api/policies/{id+}': (request) => remove(ports, request),
    'POST /api/policies/simulate': (request) => simulate(ports, request),
  };
}

async function list(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'policy:read');
  const filter = parseQuery(policiesQuery, request.query);
  return json(
    200,
    (await listPolicies(ports, filter)).map((listed) => toPolicyAnswer(listed)),
  );
}

async function show(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'policy:read');
  const { listed, history } = await showPolicy(ports, idInPath(request.path, BASE));
  const answer = toPolicyAnswer(listed, history);
  return json(200, answer, listed.version === undefined ? {} : etag(listed.version));
}

async function put(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const id = idInPath(request.path, BASE);
  const { name: changedBy } = authorize(request.principal, actionOf(id));
  const policy = parsePolicy({ ...readBody(request), ...policyNameOf(id) });
  const { stored, created } = await putPolicy(ports, policy, changeContext(ports, request, changedBy));
  const answer = toPolicyAnswer({ ...stored, id, origin: 'api' });
  return json(created ? 201 : 200, answer, etag(stored.version));
}

async function remove(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const id = idInPath(request.path, BASE);
  const { name: changedBy } = authorize(request.principal, actionOf(id));
  await deletePolicy(ports, id, changeContext(ports, request, changedBy));
  return json(200, { id, deleted: true });
}

async function simulate(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'policy:read');
  const { policies, without, last, ...filter } = readBody(request, simulateBody);
  const simulation = { policies: policies.map(parsePolicy), without, last, filter: defined(filter) };
  return json(200, toSimulationAnswer(await simulatePolicies(ports, simulation)));
}

/** The kill switch is kept as a policy is, and has an action of its own. */
function actionOf(id: string): Action {
  return id === 'kill-switch' ? 'kill-switch:write' : 'policy:write';
}

function changeContext({ clock }: AdminPorts, request: HttpRequest, changedBy: string): ChangeContext {
  return { changedBy, now: clock(), ...conditions(request) };
}

import type { Action } from '../../shared/access/actions.ts';
import { authorize, may } from '../../shared/access/authorize.ts';
import type { Caller } from '../../shared/access/principal.ts';
import { EVERYWHERE, type Resource } from '../../shared/access/resource.ts';
import type { Artifact } from '../../shared/artifact/artifact.ts';
import { defined } from '../../shared/contract/defined.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import {
  policiesQuery,
  simulateBody,
  toPolicyAnswer,
  toSimulationAnswer,
} from '../../shared/contract/policies.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import { parsePolicy, policyNameOf } from '../../shared/policy/parse-policy.ts';
import { type ChangeContext, unknownPolicy } from '../../shared/policy/policy-document.ts';
import { deletePolicy, putPolicy } from '../../shared/release/change-policy.ts';
import { listPolicies, showPolicy } from '../../shared/release/list-policies.ts';
import { changedByPolicy, seesArtifact, seesPolicy, targetResource } from '../../shared/release/resources.ts';
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
  const { principal } = request;
  authorize(principal, 'policy:read');
  const query = parseQuery(policiesQuery, request.query);
  const listed = await listPolicies(ports, query);
  const seen = listed.filter(({ policy }) => seesPolicy(principal, ports.settings, policy));
  const { answers, headers } = listPage(request, query, {
    items: seen,
    placeOf: ({ id }) => id,
    answerOf: (one) => toPolicyAnswer(one),
  });
  return json(200, answers, headers);
}

async function show(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'policy:read');
  const { listed, history } = await seenPolicy(ports, request, idInPath(request.path, BASE));
  const answer = toPolicyAnswer(listed, history);
  return json(200, answer, listed.version === undefined ? {} : etag(listed.version));
}

/** @throws NotFoundError `policy-not-found`, for one that the caller may not see, too. */
async function seenPolicy(ports: AdminPorts, { principal }: HttpRequest, id: string) {
  const found = await showPolicy(ports, id);
  if (!seesPolicy(principal, ports.settings, found.listed.policy)) throw unknownPolicy(id);
  return found;
}

async function put(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const id = idInPath(request.path, BASE);
  authorize(request.principal, actionOf(id));
  // What its id leaves out is said by the body, so that the whole of it is looked at.
  const policy = parsePolicy({ ...readBody(request), ...policyNameOf(id) });
  const { name: changedBy } = mayChange(request, id, changedByPolicy(ports.settings, policy));
  const { stored, created } = await putPolicy(ports, policy, changeContext(ports, request, changedBy));
  const answer = toPolicyAnswer({ ...stored, id, origin: 'api' });
  return json(created ? 201 : 200, answer, etag(stored.version));
}

async function remove(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const id = idInPath(request.path, BASE);
  const isSet = id.startsWith('settings/');
  const concerned = isSet ? [EVERYWHERE] : changedByPolicy(ports.settings, policyNameOf(id));
  const { name: changedBy } = mayChange(request, id, concerned);
  await deletePolicy(ports, id, changeContext(ports, request, changedBy));
  return json(200, { id, deleted: true });
}

async function simulate(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'policy:read');
  const visible = (artifact: Artifact) => seesArtifact(principal, ports.settings, artifact);
  const { policies, without, last, ...filter } = readBody(request, simulateBody);
  for (const id of without) await seenPolicy(ports, request, id);
  const simulation = {
    policies: policies.map(parsePolicy),
    without,
    last,
    filter: { ...defined(filter), visible },
  };
  const { artifacts, results } = await simulatePolicies(ports, simulation);
  const seen = results.filter(({ evaluation }) =>
    may(principal, 'policy:read', targetResource(ports.settings, evaluation)),
  );
  return json(200, toSimulationAnswer({ artifacts, results: seen }));
}

/** Whether a caller may change all that a policy concerns. */
function mayChange({ principal }: HttpRequest, id: string, concerned: readonly Resource[]): Caller {
  const action = actionOf(id);
  for (const resource of concerned) authorize(principal, action, resource);
  return authorize(principal, action);
}

/** The kill switch is kept as a policy is, and has an action of its own. */
function actionOf(id: string): Action {
  return id === 'kill-switch' ? 'kill-switch:write' : 'policy:write';
}

function changeContext({ clock }: AdminPorts, request: HttpRequest, changedBy: string): ChangeContext {
  return { changedBy, now: clock(), ...conditions(request) };
}

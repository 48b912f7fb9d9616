import { authorize, may } from '../../shared/access/authorize.ts';
import { holdBody, resumeQuery, toHoldAnswer } from '../../shared/contract/holds.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import { parseQuery, wholeListQuery } from '../../shared/contract/query.ts';
import { InvalidInputError } from '../../shared/errors/errors.ts';
import { holdTarget, resumeTarget, showHold, unknownTarget } from '../../shared/release/hold-target.ts';
import type { TargetName } from '../../shared/release/release.ts';
import { targetResource } from '../../shared/release/resources.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { AdminPorts } from './admin.ts';
import { readBody } from './read-body.ts';

const BASE = '/api/holds/';

export function holdOperations(ports: AdminPorts): HttpOperations {
  return {
    'GET /api/holds': (request) => list(ports, request),
    'GET /api/holds/{id+}': (request) => show(ports, request),
    'PUT /api/holds/{id+}': (request) => put(ports, request),
    'DELETE /api/holds/{id+}': (request) => resume(ports, request),
  };
}

async function list({ held, clock, settings }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'policy:read');
  const query = parseQuery(wholeListQuery, request.query);
  const now = clock();
  const targets = await held.listHeld();
  const seen = targets.filter((target) => may(principal, 'policy:read', targetResource(settings, target)));
  const items = seen.flatMap(({ app, env, hold }) =>
    hold && (hold.until === undefined || hold.until > now) ? [{ app, env, hold }] : [],
  );
  const { answers, headers } = listPage(request, query, {
    items,
    placeOf: ({ env, app }) => `${env}/${app}`,
    answerOf: toHoldAnswer,
  });
  return json(200, answers, headers);
}

async function show(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'policy:read');
  const target = targetOf(request);
  if (!may(principal, 'policy:read', targetResource(ports.settings, target))) throw unknownTarget(target);
  return json(200, toHoldAnswer(await showHold(ports, target, ports.clock())));
}

async function put(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const target = targetOf(request);
  const { name: owner } = authorize(request.principal, 'hold:write', targetResource(ports.settings, target));
  const { reason, until } = readBody(request, holdBody);
  const since = ports.clock();
  if (until !== undefined && until <= since) {
    throw new InvalidInputError('bad-hold', 'The hold is not right: until: must be in the future', [
      { path: 'until', message: 'must be in the future' },
    ]);
  }
  const hold = { id: `hold-${ports.newId()}`, owner, reason, since, ...(until !== undefined && { until }) };
  return json(200, toHoldAnswer(await holdTarget(ports, target, hold)));
}

async function resume(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const target = targetOf(request);
  const { name: by } = authorize(request.principal, 'hold:write', targetResource(ports.settings, target));
  const { release } = parseQuery(resumeQuery, request.query);
  return json(200, toHoldAnswer(await resumeTarget(ports, target, { release, by, now: ports.clock() })));
}

function targetOf({ path }: HttpRequest): TargetName {
  const [env, app, ...more] = idInPath(path, BASE).split('/');
  if (env && app && more.length === 0) return { env, app };
  throw new InvalidInputError('bad-target', 'A target is named by its environment and app: staging/webapp.');
}

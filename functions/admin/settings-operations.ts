import { authorize } from '../../shared/access/authorize.ts';
import { EVERYWHERE } from '../../shared/access/resource.ts';
import { decodeCursor, nextLink } from '../../shared/contract/cursor.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import {
  putSettingsQuery,
  settingsHistoryQuery,
  settingsQuery,
  toPutSettingsAnswer,
  toSettingsAnswer,
  toSettingsHistoryAnswer,
} from '../../shared/contract/settings.ts';
import { NotFoundError } from '../../shared/errors/errors.ts';
import { holdSettings, putSettings } from '../../shared/release/change-settings.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { AdminPorts } from './admin.ts';
import { conditions, etag } from './conditional-headers.ts';
import { readBody } from './read-body.ts';

const VERSION = /^\d{1,9}$/;

export function settingsOperations(ports: AdminPorts): HttpOperations {
  return {
    'GET /api/settings': (request) => show(ports, request),
    'PUT /api/settings': (request) => put(ports, request),
    'GET /api/settings/history': (request) => history(ports, request),
  };
}

async function show({ deployed, versions }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'settings:read');
  const { version } = parseQuery(settingsQuery, request.query);
  const stored = version === undefined ? await versions.newest() : await versions.get(version);
  if (version !== undefined && !stored) {
    throw new NotFoundError('settings-not-found', `There is no version ${version} of the settings.`);
  }
  const held = holdSettings(deployed, stored);
  return json(200, toSettingsAnswer(held), etag(held.version));
}

async function put(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const { name: changedBy } = authorize(request.principal, 'settings:write', EVERYWHERE);
  const { dryRun } = parseQuery(putSettingsQuery, request.query);
  const context = { changedBy, now: ports.clock(), ...conditions(request), dryRun };
  const changed = await putSettings(ports, readBody(request), context);
  return json(200, toPutSettingsAnswer(changed), dryRun ? {} : etag(changed.held.version));
}

async function history({ versions }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'settings:read');
  const { limit, cursor } = parseQuery(settingsHistoryQuery, request.query);
  const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, request.query, VERSION));
  const found = await versions.list({ limit, ...(before !== undefined && { before }) });
  const last = found.at(-1)?.version ?? 1;
  const more = found.length === limit && last > 1;
  const link = more ? { link: nextLink(request.path, request.query, String(last)) } : {};
  return json(200, toSettingsHistoryAnswer(found), link);
}

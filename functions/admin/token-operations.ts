import type { ApiToken } from '../../shared/access/api-token.ts';
import { authorize } from '../../shared/access/authorize.ts';
import {
  createToken,
  type IssuedToken,
  listTokens,
  revokeToken,
  rotateToken,
  type TokenPorts,
} from '../../shared/access/manage-tokens.ts';
import type { Caller } from '../../shared/access/principal.ts';
import { EVERYWHERE } from '../../shared/access/resource.ts';
import { defined } from '../../shared/contract/defined.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import { parseQuery, wholeListQuery } from '../../shared/contract/query.ts';
import {
  type IssuedTokenAnswer,
  rotateBody,
  tokenBody,
  toTokenAnswer,
  toUserAnswer,
} from '../../shared/contract/tokens.ts';
import { checkTeams } from '../../shared/release/known-teams.ts';
import type { Settings } from '../../shared/release/settings.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { readBody } from './read-body.ts';

export interface TokenOperationPorts extends TokenPorts {
  readonly settings: Pick<Settings, 'teams'>;
  readonly tokens: TokenPorts['tokens'] & {
    /** Unix milliseconds, of those that were used. */
    lastUses(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  };
  readonly clock: () => number;
}

const ONE = /^\/api\/tokens\/([^/]+?)(?:\/rotate)?$/;

export function tokenOperations(ports: TokenOperationPorts): HttpOperations {
  return {
    'GET /api/user': async ({ principal }) => json(200, toUserAnswer(authorize(principal, 'user:read'))),
    'GET /api/tokens': (request) => list(ports, request),
    'POST /api/tokens': (request) => create(ports, request),
    'POST /api/tokens/{id}/rotate': (request) => rotate(ports, request),
    'DELETE /api/tokens/{id}': (request) => revoke(ports, request),
  };
}

async function list(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'token:read', EVERYWHERE);
  const query = parseQuery(wholeListQuery, request.query);
  const tokens = await listTokens(ports);
  const uses = await ports.tokens.lastUses(tokens.map(({ id }) => id));
  const now = ports.clock();
  const { answers, headers } = listPage(request, query, {
    items: tokens,
    placeOf: newestFirst,
    answerOf: (token) => toTokenAnswer(token, now, uses.get(token.id)),
  });
  return json(200, answers, headers);
}

/** Its place among tokens: the earlier the newer it is. */
function newestFirst({ createdAt, id }: ApiToken): string {
  return `${String(Number.MAX_SAFE_INTEGER - createdAt).padStart(16, '0')} ${id}`;
}

async function create(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const caller = mayWrite(request);
  const order = readBody(request, tokenBody);
  checkTeams(ports.settings, order.grants);
  const now = ports.clock();
  return issued(201, await createToken(ports, order, { changedBy: caller.name, now }), now);
}

async function rotate(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const caller = mayWrite(request);
  const { overlapSeconds, expiresInSeconds } = readBody(request, rotateBody);
  const now = ports.clock();
  const ageMs = expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000;
  const ages = defined({ overlapMs: overlapSeconds * 1000, ageMs });
  return issued(200, await rotateToken(ports, idOf(request), ages, { changedBy: caller.name, now }), now);
}

async function revoke(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const caller = mayWrite(request);
  const now = ports.clock();
  return json(
    200,
    toTokenAnswer(await revokeToken(ports, idOf(request), { changedBy: caller.name, now }), now),
  );
}

/** Whoever makes tokens can make any, so it takes everything. */
function mayWrite({ principal }: HttpRequest): Caller {
  return authorize(principal, 'token:write', EVERYWHERE);
}

function issued(status: number, { token, text }: IssuedToken, now: number): HttpResponse {
  const answer: IssuedTokenAnswer = { ...toTokenAnswer(token, now), token: text };
  return json(status, answer, { 'cache-control': 'no-store' });
}

function idOf({ path }: HttpRequest): string {
  return ONE.exec(path)?.[1] ?? '';
}

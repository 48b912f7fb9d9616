import type { ApiToken } from '../../shared/access/api-token.ts';
import { tokenState } from '../../shared/access/api-token.ts';
import { authorize } from '../../shared/access/authorize.ts';
import { createToken, listTokens, revokeToken } from '../../shared/access/manage-tokens.ts';
import { EVERYWHERE } from '../../shared/access/resource.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import { parseQuery, wholeListQuery } from '../../shared/contract/query.ts';
import { type NewUserAnswer, toNamedUserAnswer, userBody, userGrants } from '../../shared/contract/users.ts';
import { ConflictError, NotFoundError } from '../../shared/errors/errors.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { readBody } from './read-body.ts';
import type { TokenOperationPorts } from './token-operations.ts';

const BASE = '/api/user/';

/** Users, for clients that know no tokens: whoever has one that is good is a user, by the name in it. */
export function userOperations(ports: TokenOperationPorts): HttpOperations {
  return {
    'GET /api/users': (request) => list(ports, request),
    'POST /api/user': (request) => create(ports, request),
    'GET /api/user/{id+}': (request) => show(ports, request),
    'DELETE /api/user/{id+}': (request) => remove(ports, request),
  };
}

async function list(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'token:read', EVERYWHERE);
  const query = parseQuery(wholeListQuery, request.query);
  const users = Map.groupBy(await activeTokens(ports), ({ name }) => name);
  const { answers, headers } = listPage(request, query, {
    items: [...users],
    placeOf: ([login]) => login,
    answerOf: ([login, tokens]) => toNamedUserAnswer(login, tokens),
  });
  return json(200, answers, headers);
}

async function show(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'token:read', EVERYWHERE);
  const { login, tokens } = await findUser(ports, request);
  return json(200, toNamedUserAnswer(login, tokens));
}

async function create(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const { name: changedBy } = authorize(request.principal, 'token:write', EVERYWHERE);
  const { login, admin } = readBody(request, userBody);
  if ((await tokensOf(ports, login)).length > 0) {
    throw new ConflictError(
      'user-exists',
      `'${login}' has a token: rotate it (\`gimlet admin token rotate\`), or delete the user first.`,
    );
  }
  const order = { name: login, grants: userGrants(admin) };
  const { token, text } = await createToken(ports, order, { changedBy, now: ports.clock() });
  const answer: NewUserAnswer = { ...toNamedUserAnswer(login, [token]), token: text };
  return json(201, answer, { 'cache-control': 'no-store' });
}

async function remove(ports: TokenOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const { name: changedBy } = authorize(request.principal, 'token:write', EVERYWHERE);
  const { login, tokens } = await findUser(ports, request);
  for (const { id } of tokens) await revokeToken(ports, id, { changedBy, now: ports.clock() });
  return json(200, toNamedUserAnswer(login, tokens));
}

/** @throws NotFoundError `user-not-found` */
async function findUser(ports: TokenOperationPorts, { path }: HttpRequest) {
  const login = idInPath(path, BASE);
  const tokens = await tokensOf(ports, login);
  if (tokens.length > 0) return { login, tokens };
  throw new NotFoundError('user-not-found', `Nobody called '${login}' has a token that is good.`);
}

async function tokensOf(ports: TokenOperationPorts, login: string): Promise<ApiToken[]> {
  return (await activeTokens(ports)).filter(({ name }) => name === login);
}

async function activeTokens(ports: TokenOperationPorts): Promise<ApiToken[]> {
  const now = ports.clock();
  return (await listTokens(ports)).filter((token) => tokenState(token, now) === 'active');
}

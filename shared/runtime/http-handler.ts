import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Action } from '../access/actions.ts';
import { authorize } from '../access/authorize.ts';
import { ROUTE_ACTIONS } from '../contract/routes.ts';
import { NotFoundError, TooManyRequestsError, TransientError } from '../errors/errors.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import { forCall } from './call-origin.ts';
import { type HttpRequest, toHttpRequest } from './http-request.ts';
import type { HttpResponse } from './http-response.ts';
import type { Logger } from './logger.ts';
import { toProblem } from './problem.ts';

export type HttpOperation = (request: HttpRequest) => Promise<HttpResponse>;

/** Route keys (`GET /api/artifacts`) → what answers them. */
export type HttpOperations = Readonly<Record<string, HttpOperation>>;

type Stack = middy.Request<APIGatewayProxyEventV2, HttpResponse, Error, Context, { startedAt?: number }>;

/** What operations had to say of a request. */
type Notes = WeakMap<APIGatewayProxyEventV2, Readonly<Record<string, unknown>>>;

/**
 * The stack of every HTTP function: request and correlation id, one wide log line, routing, errors as problem+json.
 * A route that is in nobody's table is answered 404 in the same way. Who is not granted a route's action anywhere is
 * refused here; what it is asked of is the operation's to check. Operations that are made of what may change are asked
 * for with every request.
 */
export function httpHandler(
  operations: HttpOperations | (() => Promise<HttpOperations>),
  logger: Logger,
  actions: ReadonlyMap<string, Action | 'open'> = ROUTE_ACTIONS,
): (event: unknown, context: Context) => Promise<HttpResponse> {
  const notes: Notes = new WeakMap();
  const route = async (event: APIGatewayProxyEventV2): Promise<HttpResponse> => {
    const noted = {};
    notes.set(event, noted);
    const request = toHttpRequest(event, noted);
    admit(request);
    const action = actions.get(request.routeKey);
    if (action !== undefined) {
      if (action !== 'open') authorize(request.principal, action);
      const known = typeof operations === 'function' ? await operations() : operations;
      const operation = known[request.routeKey];
      if (operation) return forCall(callOf(request), () => operation(request));
    }
    throw new NotFoundError(
      'no-such-route',
      `There is nothing at ${event.requestContext.http.method} ${request.path}.`,
    );
  };
  const handler = middy<APIGatewayProxyEventV2, HttpResponse, Error, Context>(route)
    .use(requestLog(logger, notes))
    .use(problems(logger));
  return handler as unknown as (event: unknown, context: Context) => Promise<HttpResponse>;
}

/** Who calls and from where, as the audit trail keeps it. */
function callOf({ principal, requestId, correlationId, ip, headers }: HttpRequest) {
  const userAgent = headers['user-agent'];
  return {
    ...(principal.kind !== 'none' && { caller: principal.name }),
    ip,
    ...(userAgent !== undefined && { userAgent }),
    requestId,
    correlationId,
  };
}

/** @throws what the authorizer found in the way of a request, whatever it asks for. */
function admit({ callerUnknown, retryAfterSeconds }: HttpRequest): void {
  if (callerUnknown) {
    throw new TransientError('caller-unknown', 'It could not be found out who calls; try again.');
  }
  if (retryAfterSeconds === undefined) return;
  throw new TooManyRequestsError(
    'too-many-requests',
    `This token has used its budget of requests: ask again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  );
}

/** Answers carry the request's id, and each request leaves one line that says all of it. */
function requestLog(
  logger: Logger,
  notes: Notes,
): middy.MiddlewareObj<APIGatewayProxyEventV2, HttpResponse, Error, Context> {
  const finish = (stack: Stack) => {
    const { event, response, internal } = stack;
    if (!response) return;
    const { requestId, correlationId, routeKey, principal } = toHttpRequest(event);
    stack.response = { ...response, headers: { ...response.headers, 'x-request-id': requestId } };
    const took = Date.now() - (internal.startedAt ?? Date.now());
    logger.info('request', {
      requestId,
      correlationId,
      route: routeKey,
      status: response.statusCode,
      caller: 'name' in principal ? principal.name : undefined,
      ms: took,
      ...notes.get(event),
    });
  };
  return {
    before: (stack) => {
      (stack as Stack).internal.startedAt = Date.now();
    },
    after: (stack) => finish(stack as Stack),
    onError: (stack) => finish(stack as Stack),
  };
}

function problems(logger: Logger): middy.MiddlewareObj<APIGatewayProxyEventV2, HttpResponse, Error, Context> {
  return {
    onError: (stack) => {
      const { error, event } = stack;
      const isFault = !(error instanceof GimletdError) || error.retryable;
      if (isFault && error) logger.error('request failed', error);
      stack.response = toProblem(error, event.requestContext.requestId);
    },
  };
}

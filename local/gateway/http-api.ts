import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { PayloadTooLargeError } from '../host/function-error.ts';
import type { HttpRequest } from './http-request.ts';
import { readBody } from './read-body.ts';
import { gatewayReply, type Reply, replyOf } from './reply.ts';
import { type CallContext, decodedPath, requestEvents } from './request-event.ts';
import type { GatewayRoute, RouteMatch } from './route-table.ts';
import { createRouteTable } from './route-table.ts';
import type { TakeRequest } from './throttles.ts';

export interface HttpApiOptions {
  readonly routes: readonly GatewayRoute[];
  /** Function of the `$default` route. */
  readonly defaultFunction: string;
  /** Function of the Lambda authorizer that every route has; it is asked each time, as no answer is cached. */
  readonly authorizer: string;
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
  readonly region: string;
  readonly accountId: string;
  /** Whether a request may go on; all may unless given. */
  readonly take?: TakeRequest;
  /** How long an integration may take; API Gateway's 30 s unless given. */
  readonly timeoutMs?: number;
  /** Told of what the client only sees as a 500. */
  readonly report: (problem: string) => void;
}

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

type SimpleAnswer = APIGatewaySimpleAuthorizerWithContextResult<Record<string, unknown>>;

/** Answers HTTP requests as an HTTP API of API Gateway does: routes, Lambda authorizer, payload format 2.0. */
export function createHttpApi(
  options: HttpApiOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const match = createRouteTable(options.routes, options.defaultFunction);
  return async (incoming, response) => {
    const call = newCall(options);
    const send = (reply: Reply) => sendReply(response, reply, call.requestId);
    const body = await readBody(incoming, MAX_BODY_BYTES);
    if (body === undefined) return send(gatewayReply(413, 'Request Entity Too Large'));
    const request = requestOf(incoming, body);
    const path = decodedPath(request.target);
    if (path === undefined) return send(gatewayReply(400, 'Bad Request'));
    const route = match(request.method, path);
    if (options.take?.(route.routeKey) === false) return send(gatewayReply(429, 'Too Many Requests'));
    send(await answer(options, request, path, route, call));
  };
}

async function answer(
  options: HttpApiOptions,
  request: HttpRequest,
  path: string,
  match: RouteMatch,
  call: CallContext,
): Promise<Reply> {
  const { event, authorizerEvent } = requestEvents(request, path, match, call);
  try {
    const { isAuthorized, context } = simpleAnswer(await options.invoke(options.authorizer, authorizerEvent));
    if (!isAuthorized) return gatewayReply(403, 'Forbidden');
    const requestContext = { ...event.requestContext, authorizer: { lambda: context } };
    const invocation = options.invoke(match.function, { ...event, requestContext });
    const result = await within(options.timeoutMs ?? TIMEOUT_MS, invocation);
    if (result === TIMED_OUT) return gatewayReply(503, 'Service Unavailable');
    return replyOf(result);
  } catch (error) {
    // Lambda's limit is below API Gateway's, and base64 counts.
    if (error instanceof PayloadTooLargeError) return gatewayReply(413, 'Request Entity Too Large');
    options.report(`${match.routeKey}: ${error instanceof Error ? error.message : String(error)}`);
    return gatewayReply(500, 'Internal Server Error');
  }
}

/** API Gateway drops a context that is empty or missing to null. */
function simpleAnswer(result: unknown): { isAuthorized: boolean; context: Record<string, unknown> | null } {
  const answer = result as Partial<SimpleAnswer> | null;
  if (typeof answer?.isAuthorized !== 'boolean')
    throw new Error(`the authorizer answered ${JSON.stringify(result)}, not {isAuthorized, context}`);
  return { isAuthorized: answer.isAuthorized, context: answer.context ?? null };
}

const TIMED_OUT = Symbol('timed out');

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | typeof TIMED_OUT> {
  const { promise: timeout, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
  const timer = setTimeout(() => resolve(TIMED_OUT), milliseconds);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(incoming: IncomingMessage, body: Buffer): HttpRequest {
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    rawHeaders: incoming.rawHeaders,
    body,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    port: incoming.socket.localPort ?? 0,
  };
}

/** Ids look as they do on AWS, so that whatever is built on their shape is seen here. */
function newCall({ region, accountId }: HttpApiOptions): CallContext {
  const receivedAt = Date.now();
  const seconds = Math.floor(receivedAt / 1000).toString(16);
  return {
    region,
    accountId,
    requestId: randomBytes(11).toString('base64'),
    traceId: `Root=1-${seconds}-${randomBytes(12).toString('hex')}`,
    receivedAt,
  };
}

function sendReply(response: ServerResponse, reply: Reply, requestId: string): void {
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) response.appendHeader(name, value);
  response.setHeader('apigw-requestid', requestId);
  response.end(reply.body);
}

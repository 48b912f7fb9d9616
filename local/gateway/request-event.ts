import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2,
  APIGatewayRequestAuthorizerEventV2,
} from 'aws-lambda';
import type { HttpRequest } from './http-request.ts';
import type { RouteMatch } from './route-table.ts';

/** What the gateway knows of a call beside the request itself. */
export interface CallContext {
  readonly region: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly traceId: string;
  /** Unix milliseconds of receipt. */
  readonly receivedAt: number;
}

export interface RequestEvents {
  /** Payload format 2.0 for the route's function, without an authorizer's context. */
  readonly event: APIGatewayProxyEventV2;
  /** Payload format 2.0 for a Lambda authorizer of type REQUEST. */
  readonly authorizerEvent: AuthorizerEvent;
}

/** As the published type, but that cookies are only there when they were sent, and of identity sources there are none. */
type AuthorizerEvent = Omit<APIGatewayRequestAuthorizerEventV2, 'cookies' | 'identitySource'> & {
  readonly cookies?: string[];
  /** None is configured: API Gateway would answer a call without it itself, with a 401 that is not ours. */
  readonly identitySource: null;
};

const API_ID = 'local';
const STAGE = '$default';
/** About the connection, not about the request; API Gateway doesn't hand them on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Makes the events that API Gateway (HTTP API, payload format 2.0) would send for a request.
 * `rawPath` is decoded: its name notwithstanding, HTTP APIs do that, so an encoded `/` of an id arrives as `/`.
 */
export function requestEvents(
  request: HttpRequest,
  path: string,
  match: RouteMatch,
  call: CallContext,
): RequestEvents {
  const rawQueryString = queryOf(request.target);
  const headers = eventHeaders(request, call);
  const cookies = headers['cookie']?.split(';').map((cookie) => cookie.trim());
  delete headers['cookie'];
  const common = {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(rawQueryString === '' ? {} : { queryStringParameters: queryParameters(rawQueryString) }),
    requestContext: requestContext(request, path, match, call, headers),
    ...(Object.keys(match.pathParameters).length === 0
      ? {}
      : { pathParameters: { ...match.pathParameters } }),
  };
  return {
    event: { ...common, ...eventBody(request.body, headers) },
    authorizerEvent: {
      ...common,
      version: '2.0',
      type: 'REQUEST',
      routeArn: routeArn(call, match, request.method, path),
      identitySource: null,
    },
  };
}

/** The path of a request target, decoded; undefined when its percent-encoding is broken. */
export function decodedPath(target: string): string | undefined {
  try {
    return decodeURIComponent(target.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
}

function queryParameters(rawQueryString: string): Record<string, string> {
  return joinByComma(new URLSearchParams(rawQueryString));
}

function eventHeaders(request: HttpRequest, call: CallContext): Record<string, string> {
  const sent: [string, string][] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? '').toLowerCase();
    if (!HOP_BY_HOP.has(name)) sent.push([name, request.rawHeaders[at + 1] ?? '']);
  }
  return {
    'content-length': String(request.body.length),
    ...joinByComma(sent),
    'x-amzn-trace-id': call.traceId,
    'x-forwarded-for': request.sourceIp,
    'x-forwarded-port': String(request.port),
    'x-forwarded-proto': 'http',
  };
}

function joinByComma(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

function requestContext(
  request: HttpRequest,
  path: string,
  match: RouteMatch,
  call: CallContext,
  headers: Readonly<Record<string, string>>,
): APIGatewayEventRequestContextV2 {
  const domainName = headers['host'] ?? 'localhost';
  return {
    accountId: call.accountId,
    apiId: API_ID,
    domainName,
    domainPrefix: domainName.split('.', 1)[0] ?? domainName,
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: call.requestId,
    routeKey: match.routeKey,
    stage: STAGE,
    time: commonLogTime(call.receivedAt),
    timeEpoch: call.receivedAt,
  };
}

function routeArn(call: CallContext, match: RouteMatch, method: string, path: string): string {
  const api = `arn:aws:execute-api:${call.region}:${call.accountId}:${API_ID}/${STAGE}`;
  return match.routeKey === '$default' ? `${api}/$default` : `${api}/${method}${path}`;
}

function eventBody(body: Buffer, headers: Readonly<Record<string, string>>) {
  if (body.length === 0) return { isBase64Encoded: false };
  const isBase64Encoded = !isText(headers['content-type'], headers['content-encoding']);
  return { body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/** Everything else travels in base64; so do forms, which surprises people. */
function isText(contentType = '', contentEncoding = 'identity'): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (contentEncoding !== 'identity') return false;
  return type.startsWith('text/') || /^application\/(json|javascript|xml)$/.test(type);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(unixMs: number): string {
  const iso = new Date(unixMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

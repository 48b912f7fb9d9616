import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Principal } from '../access/principal.ts';
import { decodePrincipal } from '../access/principal-context.ts';
import { InvalidInputError } from '../errors/errors.ts';

/** A call of the API, without the gateway's envelope. */
export interface HttpRequest {
  readonly routeKey: string;
  /** Decoded by the gateway. */
  readonly path: string;
  /** Parsed from the raw query string, so that repeated names keep all their values. */
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /** The caller's address, as the gateway sees it. */
  readonly ip: string;
  /** Seconds for which this caller is to ask no more, as the authorizer says; undefined when it may. */
  readonly retryAfterSeconds?: number;
  /** The authorizer could not find out who calls. */
  readonly callerUnknown?: boolean;
  readonly requestId: string;
  readonly correlationId: string;
  /** Adds to the one line that the log has of this request. */
  readonly annotate: (fields: Readonly<Record<string, unknown>>) => void;
  /** When the gateway received it, unix milliseconds. */
  readonly receivedAt: number;
  /** The body as text. @throws InvalidInputError when it is encoded in a way that is not taken. */
  readonly text: () => string;
}

type Event = APIGatewayProxyEventV2 & {
  readonly requestContext: {
    readonly authorizer?: {
      readonly lambda?: {
        readonly principal?: unknown;
        readonly retryAfterSeconds?: unknown;
        readonly unavailable?: unknown;
      };
    };
  };
};

const CORRELATION_ID = /^[\w.:/-]{1,100}$/;

/** `notes` takes what operations have to say of a request, for its line in the log. */
export function toHttpRequest(event: Event, notes: Record<string, unknown> = {}): HttpRequest {
  const requestId = event.requestContext.requestId;
  const wait = Number(event.requestContext.authorizer?.lambda?.retryAfterSeconds ?? 0);
  const sent = event.headers['x-correlation-id'];
  return {
    routeKey: event.routeKey,
    path: event.rawPath,
    query: new URLSearchParams(event.rawQueryString),
    headers: event.headers,
    principal: decodePrincipal(event.requestContext.authorizer?.lambda?.principal),
    ip: event.requestContext.http.sourceIp,
    ...(event.requestContext.authorizer?.lambda?.unavailable ? { callerUnknown: true } : {}),
    ...(wait > 0 && { retryAfterSeconds: wait }),
    requestId,
    correlationId: sent !== undefined && CORRELATION_ID.test(sent) ? sent : requestId,
    annotate: (fields) => void Object.assign(notes, fields),
    receivedAt: event.requestContext.timeEpoch,
    text: () => bodyText(event),
  };
}

function bodyText(event: Event): string {
  const encoding = event.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new InvalidInputError(
      'encoded-body',
      `A body with Content-Encoding '${encoding}' is not taken: send it plain.`,
    );
  }
  const body = event.body ?? '';
  return event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

/** The id that makes up the rest of a path; it may hold `/`. API Gateway hands the path over decoded. */
export function idInPath(path: string, base: string): string {
  return path.slice(base.length);
}

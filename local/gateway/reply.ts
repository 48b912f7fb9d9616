/** What the client is sent. Header names may repeat (`set-cookie`). */
export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** The function answered something that API Gateway can't make a response of; the client sees a 500. */
export class MalformedResultError extends Error {
  override readonly name = 'MalformedResultError';
}

/** API Gateway's own answers have this shape, not problem+json. */
export function gatewayReply(status: number, message: string): Reply {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: [['content-type', 'application/json']], body };
}

/**
 * Makes a response of a function's result by the rules of payload format 2.0: a result without `statusCode` is the
 * body of a 200 in JSON.
 * @throws MalformedResultError
 */
export function replyOf(result: unknown): Reply {
  if (!isObject(result) || result['statusCode'] === undefined) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
  }
  const headers = headersOf(result['headers']);
  const typed = headers.some(([name]) => name === 'content-type');
  return {
    status: statusOf(result['statusCode']),
    headers: [
      ...(typed ? [] : [['content-type', 'text/plain;charset=UTF-8'] as const]),
      ...headers,
      ...cookiesOf(result['cookies']),
    ],
    body: bodyOf(result['body'], result['isBase64Encoded'] === true),
  };
}

function statusOf(statusCode: unknown): number {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new MalformedResultError(`statusCode is ${JSON.stringify(statusCode)}`);
  return status;
}

/** Set by the server itself, or about the connection. */
const IGNORED = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

function headersOf(headers: unknown): (readonly [string, string])[] {
  if (headers === undefined || headers === null) return [];
  if (!isObject(headers)) throw new MalformedResultError('headers is not an object');
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), headerValue(name, value)] as const)
    .filter(([name]) => !IGNORED.has(name));
}

function headerValue(name: string, value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new MalformedResultError(`header ${name} is no string`);
}

function cookiesOf(cookies: unknown): (readonly [string, string])[] {
  if (cookies === undefined || cookies === null) return [];
  if (!Array.isArray(cookies)) throw new MalformedResultError('cookies is not a list');
  return cookies.map((cookie) => ['set-cookie', headerValue('set-cookie', cookie)] as const);
}

function bodyOf(body: unknown, isBase64Encoded: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body !== 'string') throw new MalformedResultError('body is no string');
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FunctionError, PayloadTooLargeError, UnknownFunctionError } from '../host/function-error.ts';
import type { RequestHandler } from './listen.ts';
import { readBody } from './read-body.ts';

export const LAMBDA_API_PREFIX = '/2015-03-31/functions/';

export interface LambdaApiOptions {
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
  readonly functionNames: readonly string[];
  readonly report: (problem: string) => void;
}

/** Above the host's own limit, which has the better message. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Lambda's Invoke, for the AWS SDK's client. An invocation of type Event is answered at once and, unlike on AWS, not
 * tried again when it fails.
 */
export function lambdaApi(options: LambdaApiOptions): RequestHandler {
  return async (request, response) => {
    const functionName = invokedFunction(request);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) return refuse(response, new PayloadTooLargeError(MAX_BODY_BYTES));
    if (functionName === undefined || !options.functionNames.includes(functionName))
      return refuse(response, new UnknownFunctionError(functionName ?? request.url ?? ''));
    const event = parseEvent(body);
    if (event === NOT_JSON) return sendError(response, 400, 'InvalidRequestContentException', 'Not JSON');
    if (request.headers['x-amz-invocation-type'] === 'Event') {
      options.invoke(functionName, event).catch((error: unknown) => options.report(String(error)));
      return void response.writeHead(202, ids()).end();
    }
    return sendResult(response, options.invoke(functionName, event));
  };
}

/** `{name}` may be an ARN; its last part, or the one before a version, names the function. */
function invokedFunction(request: IncomingMessage): string | undefined {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (request.method !== 'POST' || name === undefined) return undefined;
  const decoded = decodeURIComponent(name);
  return /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(decoded)?.[1] ?? decoded;
}

const NOT_JSON = Symbol('not JSON');

function parseEvent(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return NOT_JSON;
  }
}

async function sendResult(response: ServerResponse, invocation: Promise<unknown>): Promise<void> {
  try {
    sendPayload(response, await invocation);
  } catch (error) {
    if (!(error instanceof FunctionError)) return refuse(response, error);
    const { errorType, message, trace } = error;
    sendPayload(
      response,
      { errorType, errorMessage: message, trace },
      { 'x-amz-function-error': 'Unhandled' },
    );
  }
}

function sendPayload(response: ServerResponse, payload: unknown, headers: Record<string, string> = {}): void {
  response
    .writeHead(200, {
      ...ids(),
      ...headers,
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
    })
    .end(JSON.stringify(payload));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof UnknownFunctionError) {
    sendError(response, 404, 'ResourceNotFoundException', error.message);
  } else if (error instanceof PayloadTooLargeError) {
    sendError(response, 413, 'RequestTooLargeException', error.message);
  } else throw error;
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response
    .writeHead(status, { ...ids(), 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ Type: 'User', Message: message }));
}

function ids(): Record<string, string> {
  return { 'x-amzn-requestid': randomUUID() };
}

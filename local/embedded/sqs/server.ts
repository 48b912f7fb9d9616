import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ACTIONS, type ActionContext } from './actions.ts';
import type { MessageStore } from './message-store.ts';
import { invalidParameter, SqsError } from './sqs-error.ts';
import { Waiting } from './waiting.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** SQS over HTTP, in the JSON protocol (`x-amz-target: AmazonSQS.<Action>`) that the AWS SDKs speak. */
export function createSqsServer(store: MessageStore, now: () => number): Server {
  const waiting = new Waiting();
  return createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const context = { store, waiting, now, origin: `http://${request.headers.host}`, signal: gone.signal };
    answer(request, context).then(
      (result) => write(response, result),
      (error) => response.destroy(error),
    );
  });
}

async function answer(request: IncomingMessage, context: ActionContext): Promise<Answer> {
  try {
    const name = String(request.headers['x-amz-target'] ?? '').replace(/^AmazonSQS\./, '');
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) throw new SqsError('UnsupportedOperation', `Not spoken here: "${name}"`);
    return { status: 200, body: (await action(parseJson(await text(request)), context)) ?? {} };
  } catch (error) {
    if (!(error instanceof SqsError || context.signal.aborted))
      console.error('The embedded SQS failed', error);
    return failure(error);
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    throw invalidParameter('The body is not JSON.');
  }
}

function failure(error: unknown): Answer {
  if (error instanceof SqsError) {
    return {
      status: 400,
      body: { __type: `com.amazonaws.sqs#${error.type}`, message: error.message },
      headers: { 'x-amzn-query-error': `${error.queryCode};Sender` },
    };
  }
  return { status: 500, body: { __type: 'com.amazonaws.sqs#InternalFailure', message: String(error) } };
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

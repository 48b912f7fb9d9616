import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A call of an AWS JSON protocol: `PutItem` with its body. */
export interface Call {
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of a call; `hang-up` breaks the caller's connection instead of an answer. */
export type Handler = (call: Call) => Promise<Answer | 'hang-up'>;

export interface Proxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Of one connection, not of the call. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];

export async function startProxy(handle: Handler): Promise<Proxy> {
  const server = createServer((incoming, response) => {
    serve(incoming, response, handle).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(incoming: IncomingMessage, response: ServerResponse, handle: Handler): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const answer = await handle({
    operation:
      String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '',
    headers: incoming.headers,
    body: await buffer(incoming),
    signal: gone.signal,
  });
  if (answer === 'hang-up') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, endToEnd(answer.headers, answer.body));
  response.end(answer.body);
}

/** Sends calls on to a service, over connections that it keeps open until closed. */
export class Upstream {
  readonly endpoint: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  /** `signal` gives up waiting; without it a call is seen through even when its caller has gone. */
  async send({ headers, body }: Call, signal?: AbortSignal): Promise<Answer> {
    const outgoing = request(this.endpoint, {
      method: 'POST',
      agent: this.#agent,
      ...(signal === undefined ? {} : { signal }),
      headers: endToEnd(headers, body),
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 502, headers: response.headers, body: await buffer(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function endToEnd(headers: IncomingHttpHeaders, body: Buffer): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  return { ...Object.fromEntries(kept), 'content-length': String(body.length) };
}

/** An answer of our own; no checksum, which the SDKs then do not check. */
export function jsonAnswer(status: number, body: unknown, headers: IncomingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** The same call with another body. */
export function withBody(call: Call, body: unknown): Call {
  return { ...call, body: Buffer.from(JSON.stringify(body)) };
}

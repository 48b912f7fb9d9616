import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface SeenCall {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One answer; `cut` ends the connection without one. */
export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'cut';

/** An HTTP server that answers what a test tells it, in order; the last answer again and again. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly SeenCall[];
}

export async function scriptedServer(...answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
  const calls: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const answer = answers[Math.min(calls.length, answers.length - 1)] ?? 'cut';
    calls.push({ method, url, headers, body: await text(request) });
    if (answer === 'cut') {
      response.destroy();
      return;
    }
    const type = answer.json === undefined ? 'text/plain' : 'application/json';
    response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
    response.end(answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Runs `git http-backend` for another process, a request at a time over loopback, until that process is gone. To start
 * a program the kernel copies the memory map of who starts it: from a process of a gigabyte that takes longer than git
 * takes to serve a fetch, and nothing else happens there meanwhile. This one stays small.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import {
  decodeHeader,
  ENVIRONMENT_HEADER,
  encodeHeader,
  FAILURE_HEADER,
  type GitProcessReady,
  SECRET_HEADER,
} from './protocol.ts';
import { runCgi } from './run-cgi.ts';

const secret = randomBytes(32).toString('base64url');

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers[SECRET_HEADER] !== secret) {
    request.resume();
    response.writeHead(403).end();
    return;
  }
  const env = decodeHeader(request.headers[ENVIRONMENT_HEADER]) as Record<string, string>;
  const { status, headers, body } = await runCgi(request, env);
  response.writeHead(status, headers.flat());
  // A response that was closed before this began leaves the body as it is, and git would wait at a full pipe.
  await pipeline(body, response).finally(() => body.destroy());
}

function fail(error: unknown, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { [FAILURE_HEADER]: encodeHeader(String((error as Error).message)) }).end();
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => fail(error, response));
});
// Who asks keeps connections; one that ends just as it is used again would be a failure.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, secret } satisfies GitProcessReady);
});
process.on('disconnect', () => process.exit());

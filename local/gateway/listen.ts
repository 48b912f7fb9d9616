import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Stops listening and ends what is still open. */
  close(): Promise<void>;
}

/** The port is taken by another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;
  constructor(port: number) {
    super(
      `Port ${port} is in use by another program. Stop it, or choose another port: GIMLETD_PORT=${port + 1}`,
    );
    this.port = port;
  }
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** API Gateway's limit for the request line and all headers. */
const MAX_HEADER_BYTES = 10_240;

/**
 * Serves HTTP on the loopback interface only. A handler that rejects becomes a 500, or an aborted response where it
 * has begun already, and is reported.
 * @throws PortTakenError
 */
export async function listen(
  port: number,
  handle: RequestHandler,
  report: (problem: string) => void,
): Promise<Listener> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      report(`${request.method} ${request.url}: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { 'content-type': 'application/json' })
          .end('{"message":"Internal Server Error"}');
    });
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError(port);
    throw error;
  }
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

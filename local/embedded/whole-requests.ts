import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/**
 * Lets a server's own listener see only requests that came in whole. dynalite throws when a caller hangs up in the
 * middle of one (a function that is ended while it sends), and that would end this process.
 */
export function onlyWholeRequests(server: Server): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    buffer(request).then(
      (body) => {
        const { method, url, headers } = request;
        const whole = Object.assign(Readable.from([body]), { method, url, headers });
        for (const listener of listeners) listener.call(server, whole, response);
      },
      () => response.destroy(),
    );
  });
}

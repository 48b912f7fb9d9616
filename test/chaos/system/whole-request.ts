import type { IncomingMessage } from 'node:http';

/**
 * Has a look at a request when the last of it has come, right before its server learns that this was all; the server
 * reads it as ever. `look` may destroy the connection: then the server never has the request as a whole.
 */
export function whenWhole(request: IncomingMessage, look: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, ...more) => {
    if (chunk === null) look(Buffer.concat(chunks).toString('utf8'));
    else chunks.push(chunk);
    // Node would let what was destroyed end like any other.
    return chunk === null && request.destroyed ? false : push(chunk, ...more);
  };
}

import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body; undefined when it is longer than `limit` bytes. The rest of a long one is read and dropped:
 * a client that is still sending when the connection closes would never see the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import type { GitTransport } from '../transport.ts';

/** What isomorphic-git sends through while it does one thing, and whether a push has left us. */
export interface ObservedHttp extends HttpClient {
  /** True from the moment in which `receive-pack` is posted. */
  readonly pushed: boolean;
}

/** Gives isomorphic-git our transport: its own clients follow redirects, and read an answer that breaks off as whole. */
export function isomorphicHttp(transport: GitTransport, url: string): ObservedHttp {
  let pushed = false;
  return {
    get pushed() {
      return pushed;
    },
    async request(request: GitHttpRequest): Promise<GitHttpResponse> {
      const method = request.method === 'POST' ? 'POST' : 'GET';
      const path = request.url.slice(url.length);
      const body = request.body === undefined ? undefined : await collect(request.body);
      if (method === 'POST' && path === '/git-receive-pack') pushed = true;
      const headers = request.headers ?? {};
      const answer = await transport.send({ method, path, headers, ...(body && { body }) });
      return {
        url: request.url,
        method,
        statusCode: 200,
        statusMessage: 'OK',
        headers: singleValues(answer.headers),
        body: chunks(answer.body),
      };
    },
  };
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

async function* chunks(body: Buffer): AsyncIterableIterator<Uint8Array> {
  yield body;
}

function singleValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

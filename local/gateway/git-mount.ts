import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitHttpBackend } from '../git/http-backend.ts';
import type { RequestHandler } from './listen.ts';

export interface GitMountOptions {
  /** Where it is mounted, with slashes at both ends. */
  readonly prefix: string;
  /** Folder of bare repos. */
  readonly projectRoot: string;
  /** Whoever has it may push: the writer. Everyone may clone and fetch. */
  readonly pushToken: string;
}

/** Serves bare repos as a git host would: reading is open, writing needs the token (Basic password or Bearer). */
export function gitMount({ prefix, projectRoot, pushToken }: GitMountOptions): RequestHandler {
  const asReader = gitHttpBackend({ projectRoot });
  const asWriter = gitHttpBackend({ projectRoot, remoteUser: 'gimletd' });
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const pathInfo = `/${url.pathname.slice(prefix.length)}`;
    const query = url.search.slice(1);
    if (!isPush(pathInfo, url.searchParams)) return asReader(request, response, pathInfo, query);
    if (!hasToken(request, pushToken)) return refusePush(request, response);
    return asWriter(request, response, pathInfo, query);
  };
}

function isPush(pathInfo: string, query: URLSearchParams): boolean {
  return pathInfo.endsWith('/git-receive-pack') || query.getAll('service').includes('git-receive-pack');
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (scheme?.toLowerCase() === 'bearer') return isSame(credentials, token);
  if (scheme?.toLowerCase() !== 'basic') return false;
  const userAndPassword = Buffer.from(credentials, 'base64').toString('utf8');
  return isSame(userAndPassword.slice(userAndPassword.indexOf(':') + 1), token);
}

/** In constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function refusePush(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response
    .writeHead(401, { 'www-authenticate': 'Basic realm="GimletD"', 'content-type': 'text/plain' })
    .end('Only GimletD itself writes to this repo; clone and fetch are open.\n');
}

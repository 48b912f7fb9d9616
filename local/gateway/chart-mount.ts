import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from './listen.ts';

/** Serves a Helm chart repo: `index.yaml` and the `.tgz` files beside it, nothing else. */
export function chartMount(prefix: string, directory: string): RequestHandler {
  return async (request, response) => {
    const name = (request.url ?? '').slice(prefix.length).split('?', 1)[0] ?? '';
    const path = /^(index\.yaml|[\w][\w.+-]*\.tgz)$/.test(name) ? join(directory, name) : undefined;
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (path === undefined || !found?.isFile()) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such chart here.\n');
      return;
    }
    const type = name.endsWith('.tgz') ? 'application/gzip' : 'application/yaml';
    response.writeHead(200, { 'content-type': type, 'content-length': found.size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(path), response);
  };
}

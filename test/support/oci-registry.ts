import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const PAGE = 2;

export interface OciRegistry extends AsyncDisposable {
  /** `oci://127.0.0.1:port` */
  readonly url: string;
  readonly host: string;
  /** Method, path and who asked, in order. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  /** Puts a chart under a tag, as `helm push` does. */
  readonly push: (repository: string, tag: string, archive: Uint8Array, layerType?: string) => void;
  /** `user:password` that a token is given for; undefined gives one to everybody who asks. */
  credentials: string | undefined;
  /** Whether a token is wanted at all. */
  wantsToken: boolean;
  /** Sends blobs from here, as registries do that keep them elsewhere. */
  blobsAt: string | undefined;
}

/** A small registry that speaks the OCI distribution API: manifests, blobs, paged tags, and the token flow. */
export async function startOciRegistry(): Promise<OciRegistry> {
  const manifests = new Map<string, Buffer>();
  const blobs = new Map<string, Uint8Array>();
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    registry.requests.push({ path, authorization: request.headers.authorization });
    const url = new URL(path, 'http://registry');
    if (url.pathname === '/token') return giveToken(request, response);
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (registry.wantsToken && !tokens.has(token ?? '')) return challenge(url, response);
    answer(url, response);
  });

  function giveToken(request: IncomingMessage, response: ServerResponse): void {
    const { credentials } = registry;
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted && request.headers.authorization !== wanted) return void response.writeHead(401).end();
    const token = randomUUID();
    tokens.add(token);
    response.end(JSON.stringify({ token, expires_in: 60 }));
  }

  function challenge(url: URL, response: ServerResponse): void {
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(url.pathname)?.[1];
    const value = `Bearer realm="http://${registry.host}/token",service="test",scope="repository:${repository}:pull"`;
    response.writeHead(401, { 'www-authenticate': value }).end();
  }

  function answer(url: URL, response: ServerResponse): void {
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(url.pathname) ?? [];
    const body = kind === 'manifests' ? manifests.get(`${repository}:${reference}`) : blobs.get(reference);
    if (kind === 'tags') sendTags(repository, url, response);
    else if (kind === 'blobs' && registry.blobsAt)
      response.writeHead(307, { location: registry.blobsAt + url.pathname }).end();
    else if (body === undefined) response.writeHead(404).end('{"errors":[]}');
    else response.writeHead(200, { 'content-type': MANIFEST }).end(body);
  }

  function sendTags(repository: string, url: URL, response: ServerResponse): void {
    const all = [...manifests.keys()].filter((key) => key.startsWith(`${repository}:`));
    const tags = all.map((key) => key.slice(repository.length + 1)).sort();
    const start = tags.indexOf(url.searchParams.get('last') ?? '') + 1;
    const page = tags.slice(start, start + PAGE);
    const next = `</v2/${repository}/tags/list?n=${PAGE}&last=${page.at(-1)}>; rel="next"`;
    const headers = start + PAGE < tags.length ? { link: next } : {};
    response.writeHead(200, headers).end(JSON.stringify({ name: repository, tags: page }));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: OciRegistry = {
    url: `oci://${host}`,
    host,
    requests: [],
    credentials: undefined,
    wantsToken: true,
    blobsAt: undefined,
    push(repository, tag, archive, layerType = CHART) {
      const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
      blobs.set(digest, archive);
      const layers = [{ mediaType: layerType, digest, size: archive.length }];
      const manifest = { schemaVersion: 2, mediaType: MANIFEST, layers };
      manifests.set(`${repository}:${tag}`, Buffer.from(JSON.stringify(manifest)));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return registry;
}

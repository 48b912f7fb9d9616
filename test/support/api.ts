import type * as z from 'zod';
import {
  type ArtifactAnswer,
  artifactAnswer,
  artifactsAnswer,
  type DecisionsAnswer,
  decisionsAnswer,
  type ReleaseAnswer,
  releasesAnswer,
} from '../../shared/contract/answers.ts';
import { checkedFetch } from './checked-fetch.ts';
import { artifactDocument, manifest } from './stores.ts';

interface Server {
  readonly url: string;
  readonly adminToken: string;
}

export interface Call {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface CallOptions {
  readonly method?: string;
  /** Sent as it is when it is text, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the API with the admin's token, unless another is given; the answer is held against the OpenAPI document. */
export async function call(server: Server, path: string, options: CallOptions = {}): Promise<Call> {
  const { body, headers, method = body === undefined ? 'GET' : 'POST' } = options;
  const response = await checkedFetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${server.adminToken}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : isJson(response.headers) ? JSON.parse(text) : text,
  };
}

function isJson(headers: Headers): boolean {
  return /json/.test(headers.get('content-type') ?? '');
}

/** An answer that must be right, read through its schema. */
async function answer<S extends z.ZodType>(
  server: Server,
  path: string,
  schema: S,
  options?: CallOptions,
): Promise<z.output<S>> {
  const { status, body } = await call(server, path, options);
  if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return schema.parse(body);
}

export const push = (server: Server, document: unknown): Promise<ArtifactAnswer> =>
  answer(server, '/api/artifact', artifactAnswer, { body: document });

export const listArtifacts = (server: Server, query: string): Promise<ArtifactAnswer[]> =>
  answer(server, `/api/artifacts?${query}`, artifactsAnswer);

export const decisionsOf = (server: Server, id: string): Promise<DecisionsAnswer> =>
  answer(server, `/api/artifacts/${encodeURIComponent(id)}/decisions`, decisionsAnswer);

export const listReleases = (server: Server, query: string): Promise<ReleaseAnswer[]> =>
  answer(server, `/api/releases?${query}`, releasesAnswer);

/** The releases of an environment, page by page. */
export async function listAllReleases(server: Server, env: string): Promise<ReleaseAnswer[]> {
  const all: ReleaseAnswer[] = [];
  let path: string | undefined = `/api/releases?env=${encodeURIComponent(env)}&limit=-1`;
  while (path !== undefined) {
    const { status, headers, body }: Call = await call(server, path);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    all.push(...releasesAnswer.parse(body));
    path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return all;
}

/** Artifact number `n` of an app, whose file says so. */
export function numbered(app: string, n: number): Record<string, unknown> {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}\ndata:\n  number: "${n}"\n`;
  return artifactDocument({
    id: `${app}-${n}`,
    version: { repositoryName: `acme/${app}`, sha: `sha${n}`, branch: 'main', event: 'push' },
    environments: [manifest(app, 'staging', { manifests: text })],
  });
}

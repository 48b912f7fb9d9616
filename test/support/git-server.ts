import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBareRepo } from '../../local/git/bare-repo.ts';
import { type GitAnswer, gitHttpBackend, runHttpBackend } from '../../local/git/http-backend.ts';
import { git } from './native-git.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What goes wrong with one request. */
export type Fault =
  /** Nothing: it stands for a request before the one that is meant. */
  | { readonly kind: 'none' }
  /** git takes the request; the connection ends without an answer. */
  | { readonly kind: 'drop-answer' }
  /** git takes the request; a proxy answers 502. */
  | { readonly kind: 'bad-gateway-after' }
  /** git answers; the connection ends in the middle of the answer. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** The connection ends while the request is read; git never sees it. */
  | { readonly kind: 'reset-before' }
  /** No answer for so long. */
  | { readonly kind: 'stall'; readonly ms: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    };

export interface SeenRequest {
  readonly method: string;
  /** Path below the repo with its query, e.g. `/info/refs?service=git-upload-pack`. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  requestBytes: number;
  answerBytes: number;
  /** The client's end of the connection. */
  readonly port: number | undefined;
  /** The request body, where the server was told to keep them. */
  readonly body: Buffer[];
}

export interface TestRepo {
  readonly url: string;
  /** The bare repo on disk. */
  readonly path: string;
  readonly branch: string;
}

/** A real git server on loopback: `git http-backend` behind node's http, with faults on demand. */
export class TestGitServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  /** Token that every request must carry as the password of Basic or as Bearer; undefined lets everybody in. */
  requiredToken: string | undefined;
  latencyMs = 0;
  /** False makes it a server of before 2018, which answers in version 0 whatever it is asked. */
  speaksVersion2 = true;
  keepsBodies = false;
  readonly #folder = temporaryFolder();
  readonly #faults: { readonly path: RegExp; readonly fault: Fault }[] = [];
  readonly #env: Record<string, string> = {};
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  #repos = 0;

  static async start(): Promise<TestGitServer> {
    const server = new TestGitServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A new empty bare repo; `config` is set in it as `git config` would. */
  async createRepo(
    options: {
      /** Folder and name, `acme/gitops.git`; else one that is like no other. */
      name?: string;
      branch?: string;
      config?: Readonly<Record<string, string>>;
      objectFormat?: 'sha1' | 'sha256';
    } = {},
  ): Promise<TestRepo> {
    const { branch = 'main', config = {}, objectFormat = 'sha1' } = options;
    this.#repos += 1;
    const { name = `repo-${this.#repos}.git` } = options;
    const path = join(this.#folder.path, name);
    mkdirSync(dirname(path), { recursive: true });
    git(this.#folder.path, ['init', '--quiet', '--bare', `--object-format=${objectFormat}`, name]);
    await createBareRepo({ path, branch });
    git(path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
    for (const [key, value] of Object.entries(config)) git(path, ['config', key, value]);
    return { url: `http://127.0.0.1:${this.port}/${name}`, path, branch };
  }

  /** The next request whose path matches suffers this; called again, the one after it. */
  failNext(path: RegExp, fault: Fault): void {
    this.#faults.push({ path, fault });
  }

  /** Environment of git from now on, e.g. GIT_CONFIG_COUNT and its like. */
  setEnvironment(env: Readonly<Record<string, string>>): void {
    Object.assign(this.#env, env);
  }

  clearRequests(): void {
    this.requests.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#folder[Symbol.dispose]();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = this.#record(request, response);
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    const token = tokenOf(request.headers.authorization);
    if (this.requiredToken !== undefined && token !== this.requiredToken) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('Bad credentials\n');
      return;
    }
    if (!this.speaksVersion2) delete request.headers['git-protocol'];
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const call = { request, pathInfo: decodeURIComponent(pathname), query: search.slice(1) };
    const backend = { projectRoot: this.#folder.path, env: this.#env, remoteUser: 'ci' };
    const fault = this.#takeFault(seen.path);
    if (fault === undefined || fault.kind === 'none')
      await gitHttpBackend(backend)(request, response, call.pathInfo, call.query);
    else await suffer(fault, request, response, () => runHttpBackend({ ...backend, ...call }));
  }

  #record(request: IncomingMessage, response: ServerResponse): SeenRequest {
    const path = (request.url ?? '/').replace(/^\/[^/]+/, '');
    const { headers, method = 'GET' } = request;
    const seen: SeenRequest = {
      method,
      path,
      headers,
      requestBytes: 0,
      answerBytes: 0,
      port: request.socket.remotePort,
      body: [],
    };
    this.requests.push(seen);
    request.on('data', (chunk: Buffer) => {
      seen.requestBytes += chunk.length;
      if (this.keepsBodies) seen.body.push(chunk);
    });
    request.pause();
    const before = request.socket.bytesWritten;
    response.once('finish', () => {
      seen.answerBytes = request.socket.bytesWritten - before;
    });
    return seen;
  }

  #takeFault(path: string): Fault | undefined {
    const index = this.#faults.findIndex((candidate) => candidate.path.test(path));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

function tokenOf(authorization: string | undefined): string | undefined {
  const [scheme, value] = authorization?.split(' ') ?? [];
  if (scheme === 'Bearer') return value;
  if (scheme !== 'Basic' || value === undefined) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

async function suffer(
  fault: Exclude<Fault, { kind: 'none' }>,
  request: IncomingMessage,
  response: ServerResponse,
  serve: () => Promise<GitAnswer>,
): Promise<void> {
  if (fault.kind === 'answer') {
    request.resume();
    response.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  if (fault.kind === 'stall') await sleep(fault.ms);
  if (fault.kind === 'stall' || fault.kind === 'reset-before') {
    request.socket.destroy();
    return;
  }
  const answer = await serve();
  const body = await buffer(answer.body);
  if (fault.kind === 'bad-gateway-after') {
    response.writeHead(502).end();
  } else if (fault.kind === 'cut-answer') {
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.write(body.subarray(0, fault.afterBytes), () => request.socket.destroy());
  } else {
    request.socket.destroy();
  }
}

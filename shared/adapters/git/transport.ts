import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import { requireOk } from './http-status.ts';

export interface TransportOptions {
  /** URL of the repo, without a credential. `http:` is taken for loopback addresses only. */
  readonly url: string;
  /** Asked before every request, so that a token which expires can be renewed; undefined sends none. */
  readonly token: () => Promise<string | undefined>;
  /** Most hosts ignore it beside a token. */
  readonly username?: string;
  /** Milliseconds without a byte in either direction until a request is given up. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds that a whole request may take. */
  readonly totalTimeoutMs?: number;
  readonly maxAnswerBytes?: number;
  /** Milliseconds since any fixed point in time; must go on while the process is frozen. */
  readonly now?: () => number;
}

export interface GitRequest {
  readonly method: 'GET' | 'POST';
  /** Appended to the repo's URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface GitAnswer {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface GitTransport {
  readonly host: string;
  /**
   * Sends one request, once, and reads the whole answer, which is always a 200.
   * @throws TransientError, whose `data.sent` says whether the server may have seen the request, or GitRefusedError.
   */
  send(request: GitRequest): Promise<GitAnswer>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** A connection that was idle for longer may be dead without our knowing: a frozen Lambda misses its closing. */
const MAX_SOCKET_IDLE_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

/** HTTP(S) to one repo: connections kept alive, no redirects, no retries, limits on time and size. */
export function httpTransport(options: TransportOptions): GitTransport {
  const base = parseRepoUrl(options.url);
  const { agent, dropIdle } = keepAliveAgent(base, options.now ?? Date.now);
  const limits = {
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    totalTimeoutMs: options.totalTimeoutMs ?? 120_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 256 * MEBIBYTE,
  };
  return {
    host: base.host,
    close: () => agent.destroy(),
    async send(request) {
      const headers = {
        ...authorization(await options.token(), options.username ?? 'x-access-token'),
        'user-agent': 'gimletd',
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-length': String(request.body.length) }),
      };
      dropIdle();
      const exchange = new Exchange(base.host, limits);
      const answer = await exchange.run(new URL(base.href + request.path), { ...request, headers }, agent);
      requireOk({ ...answer, host: base.host });
      return answer;
    },
  };
}

/** Whether the server may have acted on a request that failed with this error. */
export function mayHaveArrived(error: unknown): error is TransientError {
  return error instanceof TransientError && error.data['sent'] === true;
}

function parseRepoUrl(url: string): URL {
  if (!URL.canParse(url))
    throw new GitRefusedError(`The repo's URL is not a URL: it must look like https://host/path.`);
  const base = new URL(url.replace(/\/+$/, ''));
  if (base.username !== '' || base.password !== '') {
    throw new GitRefusedError(
      "The repo's URL carries a credential: remove it and store the token as a secret.",
    );
  }
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(base.hostname);
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && loopback)) {
    throw new GitRefusedError(`The repo's URL begins with ${base.protocol}//: it must be https://.`);
  }
  if (base.search !== '' || base.hash !== '') {
    throw new GitRefusedError("The repo's URL has a query or a fragment: remove it.");
  }
  return base;
}

function authorization(token: string | undefined, username: string): Record<string, string> {
  if (token === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}` };
}

function keepAliveAgent(base: URL, now: () => number) {
  const agent = new (base.protocol === 'https:' ? https : http).Agent({ keepAlive: true });
  const idleSince = new WeakMap<Socket, number>();
  agent.on('free', (socket: Socket) => idleSince.set(socket, now()));
  const dropIdle = () => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (now() - (idleSince.get(socket) ?? 0) > MAX_SOCKET_IDLE_MS) socket.destroy();
    }
  };
  return { agent, dropIdle };
}

interface Limits {
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** One request and its answer; remembers whether a connection stood, for the error to say so. */
class Exchange {
  readonly #host: string;
  readonly #limits: Limits;
  #sent = false;

  constructor(host: string, limits: Limits) {
    this.#host = host;
    this.#limits = limits;
  }

  async run(url: URL, request: GitRequest, agent: http.Agent) {
    const signal = AbortSignal.timeout(this.#limits.totalTimeoutMs);
    try {
      const response = await this.#send(url, request, agent, signal);
      const body = await this.#readBody(response);
      return { status: response.statusCode ?? 0, headers: response.headers, body };
    } catch (error) {
      throw this.#translate(error, signal);
    }
  }

  #send(url: URL, request: GitRequest, agent: http.Agent, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const { method, headers } = request;
    const client = url.protocol === 'https:' ? https : http;
    const outgoing = client.request(url, { method, headers: { ...headers }, agent, signal });
    outgoing.once('socket', (socket: Socket) => {
      if (outgoing.reusedSocket || !socket.connecting) this.#sent = true;
      else socket.once('connect', () => (this.#sent = true));
    });
    outgoing.setTimeout(this.#limits.idleTimeoutMs, () => outgoing.destroy(new TimeoutError()));
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(request.body);
    return promise;
  }

  async #readBody(response: http.IncomingMessage): Promise<Buffer> {
    const { maxAnswerBytes } = this.#limits;
    const announced = Number(response.headers['content-length'] ?? 0);
    const chunks: Buffer[] = [];
    let size = announced;
    if (size <= maxAnswerBytes) {
      size = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxAnswerBytes) break;
        chunks.push(chunk);
      }
    }
    if (size <= maxAnswerBytes) return Buffer.concat(chunks, size);
    response.destroy();
    throw new GitRefusedError(
      `${this.#host} answered more than ${maxAnswerBytes} bytes, which is more than we read.`,
    );
  }

  #translate(error: unknown, signal: AbortSignal): Error {
    if (error instanceof GitRefusedError) return error;
    const data = { host: this.#host, sent: this.#sent };
    if (signal.aborted || error instanceof TimeoutError) {
      return new TransientError('git-timeout', `${this.#host} did not answer in time.`, {
        data,
        cause: error,
      });
    }
    const words = error instanceof Error ? error.message : String(error);
    const message = `${this.#host} could not be reached, or hung up: ${words}.`;
    return new TransientError('git-unreachable', message, { data, cause: error });
  }
}

class TimeoutError extends Error {}

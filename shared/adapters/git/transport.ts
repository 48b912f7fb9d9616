import type { IncomingHttpHeaders } from 'node:http';
import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import type { GitCredential, GitCredentials } from '../../gitops/git-credentials.ts';
import { HttpExchange } from './http-exchange.ts';
import { requireOk } from './http-status.ts';
import { keepAliveAgent } from './keep-alive-agent.ts';

export interface TransportOptions {
  /** URL of the repo, without a credential. `http:` is taken for loopback addresses only. */
  readonly url: string;
  readonly credentials: GitCredentials;
  /** Milliseconds without a byte in either direction until a request is given up. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds that a whole request may take. */
  readonly totalTimeoutMs?: number;
  readonly maxAnswerBytes?: number;
  /** Milliseconds since any fixed point in time; must go on while the process is frozen. */
  readonly now?: () => number;
}

interface GitRequest {
  readonly method: 'GET' | 'POST';
  /** Appended to the repo's URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface GitAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface GitTransport {
  readonly host: string;
  /**
   * Sends one request, once, and reads the whole answer, which is always a 200. It is sent again with another
   * credential, if there is one, when the server did not take the first: then it has done nothing.
   * @throws TransientError, whose `data.sent` says whether the server may have seen the request, or GitRefusedError.
   */
  send(request: GitRequest): Promise<GitAnswer>;
  /** Closes the connections that are kept open. */
  close(): void;
}

const MEBIBYTE = 1024 * 1024;

/** HTTP(S) to one repo: connections kept alive, no redirects, no retries, limits on time and size. */
export function httpTransport(options: TransportOptions): GitTransport {
  const base = parseRepoUrl(options.url);
  const { agent, dropIdle } = keepAliveAgent(base.protocol, options.now ?? Date.now);
  const limits = {
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    totalTimeoutMs: options.totalTimeoutMs ?? 120_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 256 * MEBIBYTE,
  };
  return {
    host: base.host,
    close: () => agent.destroy(),
    async send(request) {
      const credential = await options.credentials({ url: base.href });
      try {
        return await sendAs(credential, request);
      } catch (error) {
        if (credential === undefined || !isUnauthorized(error)) throw error;
        const other = await options.credentials({ url: base.href, refused: credential });
        if (other === undefined) throw error;
        return sendAs(other, request);
      }
    },
  };

  async function sendAs(credential: GitCredential | undefined, request: GitRequest): Promise<GitAnswer> {
    const headers = {
      ...authorization(credential),
      'user-agent': 'gimletd',
      ...request.headers,
      ...(request.body === undefined ? {} : { 'content-length': String(request.body.length) }),
    };
    dropIdle();
    const url = new URL(base.href.replace(/\/$/, '') + request.path);
    const answer = await new HttpExchange(base.host, limits).run(url, { ...request, headers }, agent);
    requireOk({ ...answer, host: base.host });
    return answer;
  }
}

/** Whether the server may have acted on a request that failed with this error. */
export function mayHaveArrived(error: unknown): error is TransientError {
  return error instanceof TransientError && error.data['sent'] === true;
}

function parseRepoUrl(url: string): URL {
  if (!URL.canParse(url)) {
    throw new GitRefusedError("The repo's URL is not a URL: it must look like https://host/path.");
  }
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

function authorization(credential: GitCredential | undefined): Record<string, string> {
  if (credential === undefined) return {};
  const { username, password } = credential;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** Azure DevOps answers 203 where others answer 401. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof GitRefusedError && [401, 203].includes(Number(error.data['status']));
}

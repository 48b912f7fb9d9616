import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { cleanGitEnvironment } from './bare-repo.ts';
import { whenCutShort } from './cut-short.ts';
import {
  decodeHeader,
  ENVIRONMENT_HEADER,
  encodeHeader,
  FAILURE_HEADER,
  type GitProcessReady,
  SECRET_HEADER,
} from './protocol.ts';

/** What git answered: its header block, parsed, and the rest of its output as it comes. */
export interface GitAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Readable;
}

export interface HttpBackendOptions {
  /** Folder whose sub-folders are the bare repos; `pathInfo` is resolved inside it. */
  readonly projectRoot: string;
  /** Added to the environment of git and so of its hooks. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whom git and its hooks shall see as REMOTE_USER; the caller has authenticated them. */
  readonly remoteUser?: string;
}

interface Call extends HttpBackendOptions {
  readonly request: IncomingMessage;
  readonly pathInfo: string;
  readonly query: string;
}

/** Of the request, what git reads from its own headers. */
const FORWARDED = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding'];
/** Of the answer, what is said by Node and concerns the connection alone. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date']);

const PROCESS = fileURLToPath(new URL('./git-process.ts', import.meta.url));
const agent = new Agent({ keepAlive: true });
let started: Promise<GitProcessReady> | undefined;

/** Serves one request with the installed `git http-backend`. Rejects when git can't be run or answers no CGI header. */
export function gitHttpBackend(options: HttpBackendOptions) {
  return async (request: IncomingMessage, response: ServerResponse, pathInfo: string, query: string) => {
    const answer = await runHttpBackend({ ...options, request, pathInfo, query });
    response.statusCode = answer.status;
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    await pipeline(answer.body, response).catch((error: unknown) => {
      // The client went away; git does its work and nobody is left to tell. What it says is read all the same: of an
      // answer that nobody reads the connection would stay, and the process with it.
      answer.body.resume();
      if (!response.destroyed) throw error;
    });
  };
}

/** Runs `git http-backend` for one request and resolves as soon as its header block is complete. */
export async function runHttpBackend(call: Call): Promise<GitAnswer> {
  const { port, secret } = await gitProcess();
  const { request } = call;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const forwarded = httpRequest({
    ...{ agent, port, host: '127.0.0.1', method: 'POST' },
    headers: {
      ...picked(request.headers, FORWARDED),
      [SECRET_HEADER]: secret,
      [ENVIRONMENT_HEADER]: encodeHeader(cgiEnvironment(call)),
    },
  });
  forwarded.once('response', resolve).on('error', reject);
  forward(request, forwarded);
  const answer = await promise;
  const failure = answer.headers[FAILURE_HEADER];
  if (failure === undefined) return { status: answer.statusCode ?? 500, headers: said(answer), body: answer };
  answer.resume();
  throw new Error(String(decodeHeader(failure)));
}

/**
 * Pipes the body. A client that dies in the middle takes git with it; once the body is complete git goes on whatever
 * becomes of the client, as it would behind any web server.
 */
function forward(request: IncomingMessage, to: ReturnType<typeof httpRequest>): void {
  whenCutShort(request, () => to.destroy());
  // git answers some requests without reading their body.
  to.once('close', () => request.resume());
  request.pipe(to);
}

/** The small process that starts git for this one; there is one while it lives, from the first request on. */
function gitProcess(): Promise<GitProcessReady> {
  started ??= startGitProcess();
  return started;
}

async function startGitProcess(): Promise<GitProcessReady> {
  // In a process group of its own: Ctrl-C in a terminal is for the server, which has git do its last work.
  const child = fork(PROCESS, [], { execArgv: [], detached: true, stdio: 'ignore' });
  child.once('exit', () => {
    started = undefined;
  });
  const failed = Promise.race([once(child, 'error'), once(child, 'exit')]).then(() => {
    throw new Error('the process that runs git could not be started');
  });
  const [ready] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => undefined); // It ends with this process.
  child.unref();
  child.channel?.unref();
  return ready as GitProcessReady;
}

function cgiEnvironment({ request, projectRoot, env, remoteUser, pathInfo, query }: Call): NodeJS.ProcessEnv {
  const { headers } = request;
  return {
    ...cleanGitEnvironment(),
    ...env,
    GIT_PROJECT_ROOT: projectRoot,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: pathInfo,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    ...definedOnly({
      CONTENT_TYPE: headers['content-type'],
      CONTENT_LENGTH: headers['content-length'],
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol']?.toString(),
      REMOTE_USER: remoteUser,
    }),
  };
}

function said(answer: IncomingMessage): [string, string][] {
  const { rawHeaders } = answer;
  const pairs = Array.from(
    { length: rawHeaders.length / 2 },
    (_, n) => [rawHeaders[2 * n] ?? '', rawHeaders[2 * n + 1] ?? ''] as [string, string],
  );
  return pairs.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
}

function picked(headers: IncomingMessage['headers'], names: readonly string[]) {
  return definedOnly(Object.fromEntries(names.map((name) => [name, headers[name]?.toString()])));
}

function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { NotFoundError, TransientError, UnprocessableError } from '../../errors/errors.ts';
import { GimletdError } from '../../errors/gimletd-error.ts';
import { checkedLookup, type Resolve } from '../outbound/checked-lookup.ts';
import { checkAddress, checkUrl, type SourceRules } from './source-rules.ts';

export interface GuardedOptions {
  readonly rules: SourceRules;
  readonly maxBytes: number;
  /** For all of it, redirects too. */
  readonly seconds: number;
  readonly resolve?: Resolve;
}

export interface GuardedRequest {
  readonly url: URL;
  /** Posted; a GET without. */
  readonly body?: Uint8Array;
  /** For the first host; what tells who we are goes no further. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 200 that are an answer and no error. */
  readonly answers?: readonly number[];
}

export interface GuardedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Gets a document. @throws as guardedRequest */
export async function guardedGet(
  url: URL,
  options: GuardedOptions,
  headers: GuardedRequest['headers'] = {},
): Promise<Buffer> {
  return (await guardedRequest({ url, headers }, options)).body;
}

/**
 * Asks a host that is nobody's friend: every hop's address is checked, the connection goes to the very address that
 * was checked, and time, size and redirects are bounded. What is posted is not redirected.
 *
 * @throws UnprocessableError `chart-source-refused`, `chart-too-large`; NotFoundError `chart-not-found`;
 * TransientError `chart-source-unavailable` when it may work later.
 */
export async function guardedRequest(
  request: GuardedRequest,
  options: GuardedOptions,
): Promise<GuardedAnswer> {
  const signal = AbortSignal.timeout(options.seconds * 1000);
  let at = request;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const { url } = at;
    checkUrl(url, options.rules);
    const response = await translated(url, options, signal, () => send(at, options, signal));
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (!REDIRECTS.has(status) || location === undefined || at.body !== undefined) {
      if (!at.answers?.includes(status)) throwIfNotOk(url, status, response);
      const body = await translated(url, options, signal, () => readBody(url, response, options.maxBytes));
      return { status, headers: response.headers, body };
    }
    response.destroy();
    at = { ...at, url: redirected(location, url) };
    if (at.url.host !== url.host) at = { ...at, headers: withoutAuthorization(at.headers) };
  }
  throw refused(`${request.url.host} redirects more than ${MAX_REDIRECTS} times`);
}

function withoutAuthorization(headers: GuardedRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

function redirected(location: string, from: URL): URL {
  if (URL.canParse(location, from.href)) return new URL(location, from);
  throw refused(`${from.host} redirects to something that is no address`);
}

function send(
  { url, body, headers }: GuardedRequest,
  { rules, resolve: resolveName }: GuardedOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      // No connection outlives its request: the next one is checked again.
      agent: false,
      lookup: checkedLookup((host, address) => checkAddress(host, address, rules), resolveName),
      signal,
      headers: { 'user-agent': 'gimletd', 'accept-encoding': 'identity', ...headers },
    });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end(body);
  });
}

async function readBody(url: URL, response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      response.destroy();
      throw new UnprocessableError('chart-too-large', `${url.host} sends more than ${maxBytes} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function throwIfNotOk(url: URL, status: number, response: IncomingMessage): void {
  if (status === 200) return;
  response.destroy();
  const where = `${url.host}${url.pathname}`;
  if (status === 404 || status === 410)
    throw new NotFoundError('chart-not-found', `there is nothing at ${where}`);
  if (status === 401 || status === 403)
    throw refused(
      `${where} answers ${status}: it wants credentials, which are kept by host in the secret store`,
    );
  if (status === 429 || status >= 500) throw unavailable(`${where} answers ${status}`);
  throw refused(`${where} answers ${status}`);
}

async function translated<T>(
  url: URL,
  { seconds }: GuardedOptions,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof GimletdError) throw error;
    if (signal.aborted) throw unavailable(`${url.host} did not answer within ${seconds} seconds`);
    throw unavailable(
      `${url.host} can't be reached: ${error instanceof Error ? error.message : error}`,
      error,
    );
  }
}

function refused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}

function unavailable(problem: string, cause?: unknown): TransientError {
  return new TransientError('chart-source-unavailable', `the chart can't be fetched now: ${problem}`, {
    cause,
  });
}

import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { NotFoundError, TransientError, UnprocessableError } from '../../errors/errors.ts';
import { GimletdError } from '../../errors/gimletd-error.ts';
import { checkAddress, checkUrl, type SourceRules } from './source-rules.ts';

/** Asks for all the addresses of a name, as `dns.lookup` does. */
export type Resolve = (
  host: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface GuardedGetOptions {
  readonly rules: SourceRules;
  readonly maxBytes: number;
  /** For all of it, redirects too. */
  readonly seconds: number;
  readonly resolve?: Resolve;
}

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets a document from a host that is nobody's friend: every hop's address is checked, the connection goes to the very
 * address that was checked, and time, size and redirects are bounded.
 *
 * @throws UnprocessableError `chart-source-refused`, `chart-too-large`; NotFoundError `chart-not-found`;
 * TransientError `chart-source-unavailable` when it may work later.
 */
export async function guardedGet(url: URL, options: GuardedGetOptions): Promise<Buffer> {
  const signal = AbortSignal.timeout(options.seconds * 1000);
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    checkUrl(at, options.rules);
    const response = await translated(at, options, signal, () => send(at, options, signal));
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (!REDIRECTS.has(status) || location === undefined) {
      throwIfNotOk(at, status, response);
      return translated(at, options, signal, () => readBody(at, response, options.maxBytes));
    }
    response.destroy();
    at = redirected(location, at);
  }
  throw refused(`${url.host} redirects more than ${MAX_REDIRECTS} times`);
}

function redirected(location: string, from: URL): URL {
  if (URL.canParse(location, from.href)) return new URL(location, from);
  throw refused(`${from.host} redirects to something that is no address`);
}

function send(url: URL, options: GuardedGetOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      // No connection outlives its request: the next one is checked again.
      agent: false,
      lookup: checkedLookup(options),
      signal,
      headers: { 'user-agent': 'gimletd', 'accept-encoding': 'identity' },
    });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });
}

/** All addresses of a name must be allowed, and one of those that were checked is what is connected to. */
function checkedLookup({ rules, resolve = resolveAll }: GuardedGetOptions): LookupFunction {
  return (host, lookupOptions, done) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses;
      const problem = error ?? (first ? addressProblem(host, addresses, rules) : new Error('no address'));
      if (problem) done(problem, []);
      else if (lookupOptions.all) done(null, [...addresses]);
      else done(null, first?.address ?? '', first?.family);
    });
  };
}

function resolveAll(host: string, done: Parameters<Resolve>[1]): void {
  lookup(host, { all: true }, (error, addresses) => done(error, error ? [] : addresses));
}

function addressProblem(host: string, addresses: readonly LookupAddress[], rules: SourceRules): Error | null {
  try {
    for (const { address } of addresses) checkAddress(host, address, rules);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
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
  if (status === 429 || status >= 500) throw unavailable(`${where} answers ${status}`);
  throw refused(`${where} answers ${status}`);
}

async function translated<T>(
  url: URL,
  { seconds }: GuardedGetOptions,
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

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Told } from '../../notification/ports.ts';
import { checkedLookup, type Resolve } from '../outbound/checked-lookup.ts';
import { isLoopbackAddress, isPublicAddress } from '../outbound/public-address.ts';
import { retryAfterMs } from './retry-after.ts';

export interface PostOptions {
  /** Lets receivers be at plain http and at loopback addresses: for a laptop and for tests. */
  readonly allowLoopback: boolean;
  /** For all of it. */
  readonly timeoutMs: number;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly resolve?: Resolve;
}

/** Other answers than 5xx that another attempt may change. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** The receiver may not be called at all. */
class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError';
}

/**
 * Posts JSON to an address that comes from the settings: only to public ones, over https, and the connection goes to
 * the very address that was checked. Redirects are not followed. Never throws, and says nothing of path or query,
 * which may be secret.
 */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  options: PostOptions,
): Promise<Told> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    checkUrl(url, options);
    return toldBy(await send(url, body, headers, options, signal), url, options.clock());
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    if (error instanceof NotAllowedError) return { outcome: 'refused', problem };
    if (signal.aborted) {
      return {
        outcome: 'failed',
        problem: `${url.host} did not answer within ${options.timeoutMs / 1000} s`,
      };
    }
    return { outcome: 'failed', problem: `${url.host} can't be reached: ${problem}` };
  }
}

function checkUrl({ protocol, hostname, host }: URL, options: PostOptions): void {
  if (protocol !== 'https:' && !(protocol === 'http:' && options.allowLoopback)) {
    throw new NotAllowedError(`${protocol}//${host} is not https`);
  }
  const bare = hostname.replace(/^\[|\]$/g, '');
  // Names are resolved, and their addresses checked, when the connection is made.
  if (isIP(bare) !== 0) checkAddress(bare, bare, options);
}

function checkAddress(host: string, address: string, { allowLoopback }: PostOptions): void {
  if (isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address))) return;
  throw new NotAllowedError(`'${host}' is at ${address}, which is not a public address`);
}

function send(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  options: PostOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(url, {
    method: 'POST',
    // No connection outlives its request: the next one is checked again.
    agent: false,
    lookup: checkedLookup((host, address) => checkAddress(host, address, options), options.resolve),
    signal,
    headers: {
      'user-agent': 'gimletd',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
  });
  sent.once('response', resolve);
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function toldBy(response: IncomingMessage, { host }: URL, now: number): Told {
  const status = response.statusCode ?? 0;
  // What it says is of no use to us, and may be endless.
  response.on('error', () => undefined);
  response.destroy();
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const problem = `${host} answers ${status}`;
  if (status < 500 && !PASSING.has(status)) return { outcome: 'refused', problem };
  const wait = retryAfterMs(response.headers['retry-after'], now);
  return { outcome: 'failed', problem, ...(wait !== undefined && { retryAfterMs: wait }) };
}

import { isIP } from 'node:net';
import { UnprocessableError } from '../../errors/errors.ts';
import { isLoopbackAddress, isPublicAddress } from '../outbound/public-address.ts';

/** Where charts may come from. */
export interface SourceRules {
  /** Hosts by name, or `*` for any. */
  readonly hosts: readonly string[];
  /** Lets charts come over plain http and from loopback addresses: for a laptop and for tests. */
  readonly allowLoopback: boolean;
}

/**
 * Checks an address before anything is asked of it; to be repeated for every redirect.
 * @throws UnprocessableError `chart-source-refused`
 */
export function checkUrl(url: URL, rules: SourceRules): void {
  const isHttp = url.protocol === 'http:' && rules.allowLoopback;
  if (url.protocol !== 'https:' && !isHttp) throw refused(`${url.protocol}//${url.host} is not https`);
  if (url.username !== '' || url.password !== '')
    throw refused(`the address at ${url.host} has a user in it`);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const isListed = rules.hosts.some((allowed) => allowed === '*' || allowed.toLowerCase() === host);
  if (!isListed) throw refused(`'${host}' is not among the hosts that charts may come from`);
  // Names are resolved, and their addresses checked, when the connection is made.
  if (isIP(host) !== 0) checkAddress(host, host, rules);
}

export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
}

/**
 * Checks an address that a host's name stands for.
 * @throws UnprocessableError `chart-source-refused`
 */
export function checkAddress(host: string, address: string, rules: SourceRules): void {
  if (isPublicAddress(address) || (rules.allowLoopback && isLoopbackAddress(address))) return;
  throw refused(`'${host}' is at ${address}, which is not a public address`);
}

function refused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}

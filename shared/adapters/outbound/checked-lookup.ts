import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Asks for all the addresses of a name, as `dns.lookup` does. */
export type Resolve = (
  host: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/**
 * A lookup for node's clients. `check` throws for an address that may not be connected to; all addresses of a name
 * must pass, and one of those that were checked is what is connected to, whatever the name stands for a moment later.
 */
export function checkedLookup(
  check: (host: string, address: string) => void,
  resolve: Resolve = resolveAll,
): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses;
      const problem = error ?? (first ? problemOf(host, addresses, check) : new Error('no address'));
      if (problem) done(problem, []);
      else if (options.all) done(null, [...addresses]);
      else done(null, first?.address ?? '', first?.family);
    });
  };
}

function resolveAll(host: string, done: Parameters<Resolve>[1]): void {
  lookup(host, { all: true }, (error, addresses) => done(error, error ? [] : addresses));
}

function problemOf(
  host: string,
  addresses: readonly LookupAddress[],
  check: (host: string, address: string) => void,
): Error | null {
  try {
    for (const { address } of addresses) check(host, address);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

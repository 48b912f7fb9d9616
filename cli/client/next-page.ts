import type { Query } from './http-client.ts';

/** The query of the page after this one, from the Link header (RFC 8288); undefined on the last. */
export function nextPage(query: Query, headers: Headers): Query | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const cursor = new URL(target, 'http://server').searchParams.get('cursor');
  const { offset: _done, ...filters } = query;
  return cursor === null ? undefined : { ...filters, cursor };
}

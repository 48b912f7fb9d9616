import type * as z from 'zod';
import type { ApiAnswer, HttpClient, Query } from './http-client.ts';
import { nextPage } from './next-page.ts';
import { read } from './read-answer.ts';

/** The most that the server puts on a page. */
const PAGE = 100;

/** What the server answers whole, unless one answer can't hold it. */
type WholeList = 'listPolicies' | 'listHolds' | 'listTokens' | 'listTrust' | 'listDrift';
/** What the server answers a page at a time. */
type PagedList = 'listArtifacts' | 'listReleases' | 'listApprovals' | 'listSettingsVersions' | 'listAudit';

/** What comes whole, unless one answer can't hold it: the parts, of which there is one at least. */
export async function readParts<T>(
  http: HttpClient,
  operation: WholeList | 'getDiff' | 'getStatus',
  schema: z.ZodType<T>,
  query: Query = {},
): Promise<T[]> {
  const parts: T[] = [];
  for (let position: Query | undefined = query; position !== undefined; ) {
    const answer: ApiAnswer = await http.call({ operation, query: position });
    parts.push(read(schema, answer));
    position = nextPage(query, answer.headers);
  }
  return parts;
}

/** A list that comes whole, unless one answer can't hold it. */
export async function readAll<T>(
  http: HttpClient,
  operation: WholeList,
  schema: z.ZodType<T[]>,
  query: Query = {},
): Promise<T[]> {
  return (await readParts(http, operation, schema, query)).flat();
}

/** Page after page of a list, until there are enough or no more. */
export async function readPages<T>(
  http: HttpClient,
  operation: PagedList,
  schema: z.ZodType<T[]>,
  query: Query,
  limit: number,
): Promise<T[]> {
  const found: T[] = [];
  for (let position: Query | undefined = query; position !== undefined && found.length < limit; ) {
    const page = { ...position, limit: Math.min(limit - found.length, PAGE) };
    const answer: ApiAnswer = await http.call({ operation, query: page });
    found.push(...read(schema, answer));
    position = nextPage(query, answer.headers);
  }
  return found;
}

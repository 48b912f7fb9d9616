import * as z from 'zod';
import { READ_TOKEN_HEADER } from '../trust.ts';

/** Of every page of a list. */
export const nextPageHeaders = z.object({
  link: z.string().optional().describe('`<…>; rel="next"`: where the next page is; absent on the last'),
});

/** Of whatever has versions. */
export const etagHeaders = z.object({
  etag: z.string().optional().describe('The version, for `If-Match`; absent where the API can’t change it'),
});

/** Of a push without a secret. */
export const readTokenHeaders = z.object({
  [READ_TOKEN_HEADER]: z
    .string()
    .optional()
    .describe(
      'To a CI job that pushed by its own identity: a token that reads this artifact and its releases for an hour',
    ),
});

export const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('The same key with the same request asks once; with another request it is answered 422'),
});

export const conditional = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The ETag of the version that is to be changed, or `*` for any; another is answered 412'),
});

/** Of every answer of a function; what the gateway answers by itself has none of ours. */
export const everyHeaders = z.object({
  'x-request-id': z
    .string()
    .optional()
    .describe('Names the request in our logs')
    .meta({ header: { id: 'RequestId' } }),
});

/** Of an answer that is not there yet. */
export const askAgainHeaders = z.object({
  location: z.string().describe('Where to ask again, in the same way'),
  'retry-after': z.string().describe('Seconds'),
});

/** Of texts that change with releases of ours only. */
export const cachedHeaders = z.object({ etag: z.string(), 'cache-control': z.string() });

export const ifNoneMatch = z.object({
  'if-none-match': z.string().optional().describe('The ETag of what you have'),
});

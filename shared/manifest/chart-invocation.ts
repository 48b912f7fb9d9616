import * as z from 'zod';

/** What the charts function is asked. */
export const chartRequest = z.object({
  chart: z.object({
    repository: z.string().min(1).max(500),
    name: z.string().regex(/^[\w .@+/-]{1,500}$/),
    version: z.string().regex(/^[^#]{1,200}$/),
  }),
});

/** What it answers: which chart it was, whose bytes are now stored under the digest; or why not. */
export const chartAnswer = z.union([
  z.object({
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    name: z.string(),
    version: z.string(),
  }),
  z.object({
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
]);
export type ChartAnswer = z.infer<typeof chartAnswer>;

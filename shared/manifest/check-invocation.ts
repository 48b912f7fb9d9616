import * as z from 'zod';
import { manifestSchema } from './manifest-schema.ts';

/** What the renderer is asked about a manifest that is not released yet. */
export const checkRequest = z.object({
  check: z.object({
    manifest: manifestSchema,
    variables: z.record(z.string(), z.string()),
  }),
});
export type CheckRequest = z.infer<typeof checkRequest>;

const problem = z.object({ path: z.string(), message: z.string() });

/** What it answers: all that would stand in a release's way; or why it can't tell now. */
export const checkAnswer = z.union([
  z.object({ problems: z.array(problem) }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type CheckAnswer = z.infer<typeof checkAnswer>;

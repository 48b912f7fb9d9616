import * as z from 'zod';

export const docsEnv = z.object({});

/** What the infrastructure must set for this function: nothing. */
export type DocsEnv = z.input<typeof docsEnv>;

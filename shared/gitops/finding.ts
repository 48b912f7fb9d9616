import * as z from 'zod';

/** What was found out about one thing that has to work. */
export const finding = z.object({
  /** Of what: `env branch url` of a repo, a queue, a function. */
  subject: z.string(),
  check: z.string(),
  verdict: z.enum(['ok', 'warning', 'wrong']),
  says: z.string(),
  fix: z.string().optional(),
});
export type Finding = z.infer<typeof finding>;

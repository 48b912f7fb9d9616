import * as z from 'zod';
import type { HeldTarget } from '../release/hold-target.ts';

/** PUT /api/holds/{env}/{app}. */
export const holdBody = z.object({
  reason: z.string({ error: 'is required: say why' }).trim().min(1, 'must say why').max(500),
  until: z.iso
    .datetime({ offset: true, error: 'must be an RFC 3339 date and time, e.g. 2026-01-31T12:00:00Z' })
    .transform((text) => Date.parse(text))
    .optional(),
});

/** DELETE /api/holds/{env}/{app}. */
export const resumeQuery = z.object({
  /** Whether what waited is evaluated again; else it is forgotten. */
  release: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
});

/** GET, PUT and DELETE /api/holds/{env}/{app}, and each of GET /api/holds. */
export const holdAnswer = z.looseObject({
  env: z.string(),
  app: z.string(),
  id: z.string(),
  owner: z.string(),
  reason: z.string(),
  /** Unix milliseconds. */
  since: z.number(),
  until: z.number().optional(),
  /** What waits, and what becomes of it when the hold ends; not in lists. */
  waiting: z
    .array(z.looseObject({ artifactId: z.string(), outcome: z.string(), sentence: z.string() }))
    .optional(),
});
export type HoldAnswer = z.infer<typeof holdAnswer>;
export const holdsAnswer = z.array(holdAnswer);

export function toHoldAnswer({
  app,
  env,
  hold,
  waiting,
}: Omit<HeldTarget, 'waiting'> & Partial<Pick<HeldTarget, 'waiting'>>): HoldAnswer {
  return {
    env,
    app,
    ...hold,
    ...(waiting && {
      waiting: waiting.map(({ artifactId, evaluation: { outcome, sentence } }) => ({
        artifactId,
        outcome,
        sentence,
      })),
    }),
  };
}

import * as z from 'zod';
import { finding } from '../gitops/finding.ts';

export type { Finding } from '../gitops/finding.ts';
export { redriveAnswer } from '../messages/sweeper-invocation.ts';

/** POST /api/operations/doctor: what was found; `healthy` when nothing is wrong. */
export const doctorAnswer = z.looseObject({ healthy: z.boolean(), findings: z.array(finding) });
export type DoctorAnswer = z.infer<typeof doctorAnswer>;

/** POST /api/operations/replay. */
export const replayBody = z.object({
  artifactId: z.string({ error: 'is required: the id of a stored artifact' }).min(1).max(200),
});

/** Decisions of that cause follow. */
export const replayAnswer = z.looseObject({ artifactId: z.string(), cause: z.string() });
export type ReplayAnswer = z.infer<typeof replayAnswer>;

import * as z from 'zod';

/** POST /api/hooks/generic: what a source repository tells, in our own words. */
export const branchHookBody = z.object({
  repository: z.string({ error: 'is required: as artifacts name it, e.g. owner/repo' }).min(1).max(250),
  branch: z.string({ error: 'is required' }).min(1).max(250),
  event: z.enum(['branchDeleted', 'branchCreated'], { error: 'must be branchDeleted or branchCreated' }),
});
export const hookAnswer = z.looseObject({ accepted: z.literal(true) });

import * as z from 'zod';
import { keyText } from '../artifact/key-text.ts';

/** POST /api/hooks/generic: what a source repository tells, in our own words. */
export const branchHookBody = z.object({
  repository: keyText('is required: as artifacts name it, e.g. owner/repo'),
  branch: keyText('is required'),
  event: z.enum(['branchDeleted', 'branchCreated'], { error: 'must be branchDeleted or branchCreated' }),
});
export const hookAnswer = z.looseObject({ accepted: z.literal(true) });

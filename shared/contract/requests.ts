import * as z from 'zod';
import { releaseAnswer } from './answers.ts';

const name = z.string().min(1).max(200);
const overrideFreeze = z.string().trim().min(1, 'must say why').max(500).optional();

/** POST /api/rollback, in the query or the body; older clients say `sha` for `to`. */
export const rollbackFields = z.object({
  env: name,
  app: name,
  to: name.optional(),
  sha: name.optional(),
  overrideFreeze,
});
export const rollbackBody = rollbackFields.transform(({ sha, to = sha, ...order }, context) => {
  if (to !== undefined) return { ...order, to };
  context.addIssue({
    code: 'custom',
    path: ['to'],
    message: 'is required: a commit of the GitOps repo, or the id of a release or an artifact',
  });
  return z.NEVER;
});
export type RollbackBody = z.infer<typeof rollbackBody>;

/** POST /api/delete, in the query or the body. */
export const deleteBody = z.object({ env: name, app: name, overrideFreeze });
export type DeleteBody = z.infer<typeof deleteBody>;

/** POST /api/promote, in the query or the body; all that runs in `from` when there is no app. */
export const promoteFields = z.object({ from: name, to: name, app: name.optional(), overrideFreeze });
export const promoteBody = promoteFields.refine(({ from, to }) => from !== to, {
  path: ['to'],
  message: 'must be another environment than `from`',
});
export type PromoteBody = z.infer<typeof promoteBody>;

const why = z.string().trim().min(1, 'must say why').max(500);

/** POST /api/releases/{id}/approve, in the query or the body. */
export const approveBody = z.object({ reason: why.optional() });

/** POST /api/releases/{id}/reject, in the query or the body. */
export const rejectBody = z.object({ reason: z.string({ error: 'is required: say why' }).pipe(why) });

/** POST /api/releases/{id}/cancel, /approve and /reject: the releases as they are then. */
export const changedReleasesAnswer = z.looseObject({ releases: z.array(releaseAnswer) });
export type ChangedReleasesAnswer = z.infer<typeof changedReleasesAnswer>;

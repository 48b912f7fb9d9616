import * as z from 'zod';
import { conditionAnswer, versionAnswer } from './answers.ts';

/** `?dryRun=true` of POST /api/releases, /api/rollback, /api/delete and /api/promote. */
export const dryRunQuery = z.object({
  dryRun: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((text) => text === 'true'),
});

/** GET /api/diff. */
export const diffQuery = z.object({
  from: z.string({ error: 'is required: the environment to compare' }).min(1),
  to: z.string({ error: 'is required: the environment to compare it with' }).min(1),
  app: z.string().optional(),
  cursor: z.string().max(2_000).optional(),
});

/** What runs somewhere, as far as a comparison concerns it. */
const runningAnswer = z.looseObject({
  releaseId: z.string(),
  artifactId: z.string(),
  version: versionAnswer,
  /** The commit. */
  gitopsRef: z.string().optional(),
  /** Somebody else has changed the directory since; what is compared is what we had written. */
  drifted: z.boolean(),
});
export type RunningAnswer = z.infer<typeof runningAnswer>;

/** Who holds automation, why, and from when to when; unix milliseconds. */
const heldAnswer = z.looseObject({
  owner: z.string(),
  reason: z.string(),
  since: z.number(),
  until: z.number().optional(),
});
export type HeldAnswer = z.infer<typeof heldAnswer>;

/** How the files of one directory differ. */
const changedFiles = {
  files: z.array(
    z.looseObject({
      path: z.string(),
      change: z.enum(['added', 'removed', 'modified']),
      /** Lines. */
      additions: z.number().int(),
      deletions: z.number().int(),
    }),
  ),
  /** Unified, of all files; empty when nothing differs. */
  diff: z.string(),
  /** The answer would have been too big: later files are named in `files` only. */
  truncated: z.boolean().optional(),
};

/** What a request would come to: the answer to `dryRun=true`. Nothing was written. */
export const previewAnswer = z.looseObject({
  type: z.literal('preview'),
  kind: z.enum(['release', 'promote', 'rollback', 'delete']),
  env: z.string(),
  releases: z.array(
    z.looseObject({
      app: z.string(),
      env: z.string(),
      artifactId: z.string(),
      outcome: z.enum(['released', 'awaitingApproval', 'restricted', 'frozen', 'failed']),
      sentence: z.string(),
      conditions: z.array(conditionAnswer),
      /** Why it can't be rendered. */
      errors: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
      running: runningAnswer.optional(),
      /** Automation is held there now; a request by hand goes on all the same. */
      hold: heldAnswer.optional(),
      /** Why automation would be held from then on. */
      willHold: z.string().optional(),
      ...changedFiles,
    }),
  ),
});
export type PreviewAnswer = z.infer<typeof previewAnswer>;

/** 202: it is being rendered; the same asked again at `url` finds what is rendered by then. */
export const pendingAnswer = z.looseObject({
  type: z.literal('pending'),
  detail: z.string(),
  url: z.string(),
});
export type PendingAnswer = z.infer<typeof pendingAnswer>;

/** GET /api/diff: what runs in two environments. */
export const diffAnswer = z.looseObject({
  from: z.string(),
  to: z.string(),
  apps: z.array(
    z.looseObject({
      app: z.string(),
      /** `same`: what was rendered for it is the same in both. */
      state: z.enum(['same', 'different', 'onlyFrom', 'onlyTo']),
      from: runningAnswer.optional(),
      to: runningAnswer.optional(),
      /** Only of an app that is asked for by its name. */
      files: changedFiles.files.optional(),
      diff: changedFiles.diff.optional(),
      truncated: changedFiles.truncated,
    }),
  ),
});
export type DiffAnswer = z.infer<typeof diffAnswer>;

import * as z from 'zod';

/**
 * What the API answers. Handlers map domain objects to these, the CLI and the tests read answers through them.
 * Unknown fields are let through, so that an older client can read a newer server.
 */

/** GET /. */
export const describeAnswer = z.looseObject({
  name: z.literal('gimletd'),
  description: z.string(),
  /** Where the API begins. */
  api: z.string(),
  version: z.string(),
});

const timestamps = z.record(z.string(), z.number());

export const versionAnswer = z.looseObject({
  repositoryName: z.string(),
  event: z.enum(['push', 'tag', 'pr']),
  sha: z.string(),
  branch: z.string().optional(),
  sourceBranch: z.string().optional(),
  targetBranch: z.string().optional(),
  tag: z.string().optional(),
  authorName: z.string().optional(),
  authorEmail: z.string().optional(),
  committerName: z.string().optional(),
  committerEmail: z.string().optional(),
  message: z.string().optional(),
  url: z.string().optional(),
  created: z.number().int().optional(),
  /** The proposal's spelling, for clients that know no other. */
  name: z.string(),
  pr: z.boolean(),
  source_branch: z.string().optional(),
});

/** POST /api/artifact, GET /api/artifacts/{id}, and each of GET /api/artifacts. */
export const artifactAnswer = z.looseObject({
  id: z.string(),
  /** Unix seconds. */
  created: z.number().int(),
  digest: z.string(),
  version: versionAnswer,
  context: z.record(z.string(), z.string()),
  items: z.array(z.record(z.string(), z.unknown())),
  environments: z.array(z.record(z.string(), z.unknown())),
});
export type ArtifactAnswer = z.infer<typeof artifactAnswer>;
export const artifactsAnswer = z.array(artifactAnswer);

export const conditionAnswer = z.looseObject({
  name: z.string(),
  holds: z.boolean(),
  wanted: z.string(),
  saw: z.string(),
  /** The stored policy that it is a condition of. */
  policy: z.string().optional(),
});

/** Each of GET /api/artifacts/{id}/decisions. */
export const decisionAnswer = z.looseObject({
  artifactId: z.string(),
  app: z.string(),
  env: z.string(),
  /** `arrival`, `request:<id>`. */
  cause: z.string(),
  outcome: z.enum([
    'released',
    'awaitingApproval',
    'notMatched',
    'restricted',
    'held',
    'frozen',
    'stopped',
    'rateLimited',
    'superseded',
    'invalid',
  ]),
  sentence: z.string(),
  conditions: z.array(conditionAnswer),
  policy: z.string().optional(),
  /** Unix milliseconds. */
  decidedAt: z.number(),
  releaseId: z.string().optional(),
  /** What automation may go on after; `until` in unix milliseconds, where it has an end. */
  waitsFor: z.looseObject({ id: z.string(), until: z.number().optional() }).optional(),
});
export type DecisionAnswer = z.infer<typeof decisionAnswer>;

/** GET /api/artifacts/{id}/decisions. */
export const decisionsAnswer = z.looseObject({
  /** False while more may come. */
  complete: z.boolean(),
  decisions: z.array(decisionAnswer),
});
export type DecisionsAnswer = z.infer<typeof decisionsAnswer>;

/** POST /api/releases. */
export const releaseRequestBody = z.object({
  env: z.string().min(1),
  artifactId: z.string().min(1),
  /** Every app that the artifact has for the environment when absent; the Go clients say so by an empty text. */
  app: z
    .string()
    .optional()
    .transform((app) => app || undefined),
  /** Why freezes are not to bind it; needs the permission to say so. */
  overrideFreeze: z.string().trim().min(1, 'must say why').max(500).optional(),
});
export type ReleaseRequestBody = z.input<typeof releaseRequestBody>;

/** GET /api/releases/{id} of a release, and each of GET /api/releases. */
export const releaseAnswer = z.looseObject({
  type: z.literal('release'),
  id: z.string(),
  app: z.string(),
  env: z.string(),
  artifactId: z.string(),
  version: versionAnswer,
  state: z.enum([
    'waiting',
    'queued',
    'rendering',
    'ready',
    'writing',
    'released',
    'unchanged',
    'superseded',
    'held',
    'failed',
    'rejected',
    'expired',
    'cancelled',
  ]),
  /** Whether nothing will happen to it any more. */
  terminal: z.boolean(),
  cause: z.string(),
  triggeredBy: z.string(),
  policy: z.string().optional(),
  /** Why it was made. */
  reason: z.string(),
  /** Why it ended as it did. */
  outcomeReason: z.string().optional(),
  errorCode: z.string().optional(),
  order: z.number().int(),
  gitopsRepo: z.string(),
  /** The commit, once written. */
  gitopsRef: z.string().optional(),
  /** Of a deploy, once it is rendered: the digest of its files and their bytes together; when, unix milliseconds. */
  rendered: z
    .looseObject({
      digest: z.string(),
      bytes: z.number().int().optional(),
      at: z.number().optional(),
      chart: z.looseObject({ name: z.string(), version: z.string(), digest: z.string() }).optional(),
    })
    .optional(),
  /** A rollback has undone it. */
  rolledBack: z.boolean().optional(),
  /** What was in the directory before it was not what we had written there. */
  drifted: z.boolean().optional(),
  /** In /api/status: somebody else has changed the directory since. */
  drift: z.looseObject({ tree: z.string().nullable(), seenAt: z.number() }).optional(),
  /** Where people must agree before it begins: how many, until when (unix ms), and who has. */
  approval: z
    .looseObject({
      required: z.number().int(),
      expiresAt: z.number(),
      given: z.array(z.looseObject({ name: z.string(), at: z.number(), reason: z.string().optional() })),
    })
    .optional(),
  /** While it is on its way: its place, when it is written at the earliest (unix ms), and why nothing is for now. */
  queue: z
    .looseObject({
      position: z.number().int(),
      expectedAt: z.number(),
      /** The release of its target that must end before it is its turn. */
      after: z.string().optional(),
      paused: z.string().optional(),
    })
    .optional(),
  /** Unix seconds. */
  created: z.number().int(),
  /** State → when it was reached, unix milliseconds. */
  times: timestamps,
});
export type ReleaseAnswer = z.infer<typeof releaseAnswer>;
export const releasesAnswer = z.array(releaseAnswer);

/** POST /api/releases, /api/rollback, /api/delete and /api/promote, and GET /api/releases/{id} of a request. */
export const requestAnswer = z.looseObject({
  type: z.literal('request'),
  id: z.string(),
  kind: z.enum(['release', 'promote', 'rollback', 'delete']),
  env: z.string(),
  /** Where all its releases are of one. */
  artifactId: z.string().optional(),
  triggeredBy: z.string(),
  /** `processing` until each of its releases has ended, then `succeeded` or `failed` (of any). */
  state: z.enum(['processing', 'succeeded', 'failed']),
  releases: z.array(
    z.looseObject({
      id: z.string(),
      app: z.string(),
      env: z.string(),
      artifactId: z.string(),
      /** `queued` also before the release's own record is made. */
      state: z.string(),
      gitopsRef: z.string().optional(),
      outcomeReason: z.string().optional(),
    }),
  ),
});
export type RequestAnswer = z.infer<typeof requestAnswer>;

/** GET /api/gitopsRepo: its URL. */
export const gitopsRepoAnswer = z.looseObject({ gitopsRepo: z.string() });

/** GET /api/drift. */
export const driftsAnswer = z.array(
  z.looseObject({
    app: z.string(),
    env: z.string(),
    artifactId: z.string(),
    releaseId: z.string(),
    /** What we wrote, and what was found (null: nothing); git trees. */
    wanted: z.string().nullable(),
    found: z.string().nullable(),
    /** Unix milliseconds. */
    seenAt: z.number(),
  }),
);
export type DriftsAnswer = z.infer<typeof driftsAnswer>;

/** POST /api/reconcile. */
export const reconcileBody = z.object({
  env: z.string().min(1),
  app: z.string().min(1).optional(),
  mode: z.enum(['reapply', 'adopt']),
});
export type ReconcileBody = z.infer<typeof reconcileBody>;
export const reconcileAnswer = z.looseObject({ requests: z.array(requestAnswer) });

/** GET /api/status: app → what runs there, null where nothing does. */
export const statusAnswer = z.record(z.string(), releaseAnswer.nullable());

/** Every error: application/problem+json (RFC 9457). */
export const problemAnswer = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string().optional(),
  errors: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
  /** What belongs to the code, for programs. */
  data: z.record(z.string(), z.unknown()).optional(),
});
export type ProblemAnswer = z.infer<typeof problemAnswer>;

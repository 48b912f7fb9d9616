import * as z from 'zod';
import { waitsFor } from '../release/approval.ts';
import type { Release } from '../release/release.ts';
import { isTerminal, isWritten } from '../release/release-state.ts';

const gitopsCommitStatus = z.enum(['Progressing', 'ReconciliationSucceeded', 'ReconciliationFailed']);

/**
 * GET /api/event, /api/eventReleaseTrack and /api/eventArtifactTrack, as clients that exist read it: they take no
 * results for a success, and wait until each commit's reconciliation has succeeded or failed.
 */
export const trackAnswer = z.looseObject({
  type: z.enum(['artifact', 'release', 'rollback', 'delete']),
  status: z.enum(['new', 'processed', 'error']),
  statusDesc: z.string(),
  /** The same, as the first clients called it. */
  desc: z.string().optional(),
  /** Of what was written; absent, never empty. */
  gitopsHashes: z
    .array(z.looseObject({ hash: z.string(), status: gitopsCommitStatus, statusDesc: z.string() }))
    .min(1)
    .optional(),
  /** One for each app; absent, never empty. */
  results: z
    .array(
      z.looseObject({
        app: z.string(),
        env: z.string(),
        /** The commit; empty while there is none. */
        hash: z.string(),
        status: z.enum(['success', 'failure', 'pending']),
        statusDesc: z.string(),
        gitopsCommitStatus,
        gitopsCommitStatusDesc: z.string(),
      }),
    )
    .min(1)
    .optional(),
});
export type TrackAnswer = z.infer<typeof trackAnswer>;
export type TrackResult = NonNullable<TrackAnswer['results']>[number];

/** GET /api/event and /api/eventReleaseTrack: the id of a request, a release or an artifact. */
export const trackQuery = z.object({
  id: z.string({ error: 'is required: the id of a request, a release or an artifact' }).min(1).max(200),
});

/** GET /api/eventArtifactTrack. */
export const artifactTrackQuery = z.object({
  artifactId: z.string({ error: 'is required: the id of an artifact' }).min(1).max(200),
});

/** One app of what is tracked: its release, once it is made, or why there is none. */
export interface TrackedPart {
  readonly app: string;
  readonly env: string;
  readonly release?: Release | undefined;
  readonly refused?: string;
}

export interface Tracked {
  readonly type: TrackAnswer['type'];
  /** Whether it is known what its parts are. */
  readonly known: boolean;
  readonly parts: readonly TrackedPart[];
  /** Why it has no parts. */
  readonly nothing?: string;
}

export function toTrackAnswer({ type, known, parts, nothing = '' }: Tracked): TrackAnswer {
  if (!known) return answerOf(type, 'new', 'it waits to be processed');
  const results = parts.map(toResult);
  // Nothing written is no success, and no results would be taken for one.
  if (results.every(({ status }) => status === 'failure')) {
    const reasons = results.map(({ env, app, statusDesc }) => `${env}/${app}: ${statusDesc}`);
    const statusDesc = results.length === 0 ? nothing : reasons.join('; ');
    return { ...answerOf(type, 'error', statusDesc), ...(results.length > 0 && { results }) };
  }
  const hashes = results
    .filter(({ hash }) => hash !== '')
    .map(({ hash, gitopsCommitStatus: status, gitopsCommitStatusDesc: statusDesc }) => ({
      hash,
      status,
      statusDesc,
    }));
  return {
    ...answerOf(type, 'processed', ''),
    ...(hashes.length > 0 && { gitopsHashes: hashes }),
    results,
  };
}

function answerOf(type: Tracked['type'], status: TrackAnswer['status'], statusDesc: string): TrackAnswer {
  return { type, status, statusDesc, desc: statusDesc };
}

function toResult({ app, env, release, refused }: TrackedPart): TrackResult {
  const hash = release?.commit ?? '';
  if (refused !== undefined) return failure({ app, env, hash }, refused);
  const state = release?.state ?? 'queued';
  if (isWritten(state)) {
    return {
      ...{ app, env, hash },
      status: 'success',
      statusDesc: state === 'unchanged' ? 'nothing to commit: it is there already' : 'written',
      gitopsCommitStatus: 'ReconciliationSucceeded',
      gitopsCommitStatusDesc: 'written; no cluster feedback configured',
    };
  }
  if (isTerminal(state)) return failure({ app, env, hash: '' }, release?.outcomeReason ?? state);
  const { approval } = release ?? {};
  return {
    ...{ app, env, hash: '' },
    status: 'pending',
    statusDesc: state === 'waiting' && approval ? `waits for ${waitsFor(approval)}` : state,
    gitopsCommitStatus: 'Progressing',
    gitopsCommitStatusDesc: state,
  };
}

function failure(of: Pick<TrackResult, 'app' | 'env' | 'hash'>, reason: string): TrackResult {
  return {
    ...of,
    status: 'failure',
    statusDesc: reason,
    gitopsCommitStatus: 'ReconciliationFailed',
    gitopsCommitStatusDesc: reason,
  };
}

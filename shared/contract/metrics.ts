import type { FunctionName } from './functions.ts';

export interface MetricSpec {
  /** Functions that record it; each is a dimension, `service`, of its own. */
  readonly by: readonly FunctionName[];
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  readonly what: string;
}

/**
 * Every metric that the product records of itself, in the namespace `gimletd-<stage>`. The functions write them into
 * their logs (CloudWatch's embedded metric format), the operations stack watches them.
 */
export const METRICS = {
  ArtifactsAccepted: { by: ['artifacts'], unit: 'Count', what: 'Artifacts that are new' },
  AcceptLatency: {
    by: ['artifacts'],
    unit: 'Milliseconds',
    what: 'From the gateway’s receipt of an artifact to its answer; without those that are checked by rendering',
  },
  DecisionsMade: {
    by: ['policy'],
    unit: 'Count',
    what: 'Decisions, one for each artifact, target and cause',
  },
  ReleasesRendered: { by: ['renderer'], unit: 'Count', what: 'Releases that became ready' },
  RenderDuration: { by: ['renderer'], unit: 'Milliseconds', what: 'From the begin of rendering to ready' },
  ReleasesCommitted: { by: ['writer'], unit: 'Count', what: 'Releases with a commit in a GitOps repo' },
  ReleasesUnchanged: { by: ['writer'], unit: 'Count', what: 'Releases that had nothing to commit' },
  ReleasesSuperseded: {
    by: ['policy', 'writer'],
    unit: 'Count',
    what: 'Releases that a newer one of the same target took the place of, before or after they were made',
  },
  ReleasesFailed: {
    by: ['renderer', 'writer'],
    unit: 'Count',
    what: 'Releases that a rule or their input ended',
  },
  CommitLatency: {
    by: ['writer'],
    unit: 'Milliseconds',
    what: 'From the acceptance of an artifact to the commit of what it released on its arrival',
  },
  PushAttempts: { by: ['writer'], unit: 'Count', what: 'Pushes sent to git servers' },
  PushConflicts: {
    by: ['writer'],
    unit: 'Count',
    what: 'Pushes that found the branch elsewhere, or whose answer was not seen',
  },
  UnpublishedAge: {
    by: ['writer'],
    unit: 'Seconds',
    what: 'Age of the oldest ready release of a branch after the writer has looked at it; 0 when all is written',
  },
  MessagesResent: { by: ['sweeper'], unit: 'Count', what: 'Messages whose first send had no effect' },
  OverdueAge: {
    by: ['sweeper'],
    unit: 'Seconds',
    what: 'How late the longest overdue item is; 0 when none is',
  },
  AuditUnsealedAge: {
    by: ['sweeper'],
    unit: 'Seconds',
    what: 'Age of the oldest audit entry that is not sealed into the chain yet; 0 when all are',
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof METRICS;

/** The metrics that one function records. */
export type MetricOf<F extends FunctionName> = {
  [Name in MetricName]: F extends (typeof METRICS)[Name]['by'][number] ? Name : never;
}[MetricName];

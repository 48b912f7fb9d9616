import type { FunctionName } from '../shared/contract/functions.ts';
import type { QUEUES } from '../shared/contract/queues.ts';
import type { IndexName } from '../shared/contract/table.ts';

export type QueueName = keyof typeof QUEUES;
export type SecretName = 'adminTokenHash' | 'gitToken';

/** Partition keys of each kind of item, as IAM writes patterns. Every key that the DynamoDB adapter makes is of one. */
export const ITEM_KEYS = {
  /** An artifact, its links and its decisions. */
  artifact: 'ARTIFACT#*',
  artifactMonths: 'ARTIFACT-MONTHS',
  repository: 'REPOSITORY#*',
  /** What is kept in chunks by digest: the bodies of artifacts, charts, rendered files. */
  body: 'BODY#*',
  chart: 'CHART#*',
  bundle: 'BUNDLE#*',
  /** The digest that a chart's version had when it was first seen. */
  chartPin: 'CHARTPIN#*',
  target: 'APP#*',
  release: 'RELEASE#*',
  request: 'REQUEST#*',
  journal: 'BATCH#*',
  /** Restrictions, freezes, stop-the-line, the kill switch. */
  controls: 'CONTROLS#*',
} as const;

export type ItemKind = keyof typeof ITEM_KEYS;

/** What a function may touch beside its own log and the queue that it is fed from; whatever is left out, it may not. */
export interface Access {
  /** Items that it may get and query by key. */
  readonly reads?: readonly ItemKind[];
  /** Items that it may put, and update, and read. */
  readonly writes?: readonly ItemKind[];
  /** Items that it may update and nothing else. */
  readonly updates?: readonly ItemKind[];
  /** Indexes of the table that it may query; what they hold can be read there. */
  readonly queries?: readonly IndexName[];
  readonly sendsTo?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  readonly invokes?: readonly FunctionName[];
}

/**
 * Who may touch what, all of it. Nobody deletes, scans, or writes in transactions: every change of state is one
 * conditional put or update of one item.
 */
export const ACCESS: Readonly<Record<FunctionName, Access>> = {
  authorizer: { secrets: ['adminTokenHash'] },
  artifacts: {
    writes: ['artifact', 'artifactMonths', 'repository', 'body'],
    queries: ['gsi1', 'gsi2', 'gsi3'],
    sendsTo: ['events'],
  },
  releases: {
    reads: ['artifact', 'body', 'release', 'controls'],
    writes: ['request', 'target'],
    queries: ['gsi1', 'gsi2'],
    sendsTo: ['events'],
  },
  policy: {
    reads: ['body', 'controls'],
    writes: ['artifact', 'target', 'release', 'request'],
    sendsTo: ['render-requests'],
  },
  renderer: {
    reads: ['artifact', 'body', 'chart'],
    writes: ['release', 'bundle'],
    sendsTo: ['gitops-writes'],
    invokes: ['charts'],
  },
  charts: { writes: ['chart', 'chartPin'] },
  writer: {
    reads: ['bundle', 'controls'],
    writes: ['target', 'release', 'journal'],
    queries: ['gsi3'],
    sendsTo: ['gitops-writes'],
    secrets: ['gitToken'],
  },
  sweeper: {
    updates: ['artifact', 'release', 'request'],
    queries: ['due'],
    sendsTo: ['events', 'render-requests', 'gitops-writes'],
  },
};

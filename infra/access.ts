import type { FunctionName } from '../shared/contract/functions.ts';
import type { QUEUES } from '../shared/contract/queues.ts';
import type { IndexName } from '../shared/contract/table.ts';

export type QueueName = keyof typeof QUEUES;
export type SecretName = 'gitToken' | 'signingKey' | 'chartCredentials' | 'notificationSecrets';

/** Partition keys of each kind of item, as IAM writes patterns. Every key that the DynamoDB adapter makes is of one. */
export const ITEM_KEYS = {
  /** An artifact, its links and its decisions. */
  artifact: 'ARTIFACT#*',
  artifactMonths: 'ARTIFACT-MONTHS',
  repository: 'REPOSITORY#*',
  /** The artifacts of a repository by their order. */
  orders: 'ORDERS#*',
  /** What is kept in chunks by digest: the bodies of artifacts, charts, rendered files. */
  body: 'BODY#*',
  chart: 'CHART#*',
  bundle: 'BUNDLE#*',
  /** The digest that a chart's version had when it was first seen. */
  chartPin: 'CHARTPIN#*',
  /** Which rendered files the very same rendering came to before. */
  render: 'RENDER#*',
  target: 'APP#*',
  release: 'RELEASE#*',
  /** Which release a commit carries. */
  commit: 'COMMIT#*',
  request: 'REQUEST#*',
  /** Of a branch: what is being written to it, and that it is left alone for now. */
  journal: 'BATCH#*',
  /** What is told, and its way to each channel. */
  notice: 'NOTICE#*',
  /** What git servers are known to be able to do. */
  gitServer: 'GITSERVER#*',
  /** What is known of source branches. */
  branch: 'BRANCH#*',
  /** Policies of a target. */
  policy: 'POLICY#*',
  /** Blocks of the audit chain; and up to where it is finished. */
  auditBlock: 'AUDIT',
  auditLedger: 'AUDITLEDGER',
  /** Which CI jobs are let in without a secret. */
  trust: 'TRUST',
  /** What each identity of a CI job was used for. */
  identity: 'IDENTITY#*',
  /** Tokens that read one artifact. They are a kind of their own: who may make them can make no other token. */
  readToken: 'READTOKEN#*',
  /** Restrictions, freezes, stop-the-line, the kill switch. */
  controls: 'CONTROLS#*',
  /** Versions of the settings. */
  settings: 'SETTINGS',
  /** API tokens: the hashes of their secrets and what they are granted. */
  token: 'TOKEN#*',
  /** When callers were there last, and what they took of their budget. */
  tokenUse: 'TOKENUSE#*',
} as const;

export type ItemKind = keyof typeof ITEM_KEYS;

/** Kinds of items with an audit log: the sweeper seals what they hold, and notes in them that it did. */
const AUDITED: readonly ItemKind[] = [
  'artifact',
  'branch',
  'controls',
  'journal',
  'policy',
  'release',
  'request',
  'settings',
  'target',
  'token',
  'trust',
];

/** What a function may touch beside its own log and the queue that it is fed from; whatever is left out, it may not. */
export interface Access {
  /** Items that it may get, one or many. */
  readonly reads?: readonly ItemKind[];
  /** Partitions of the table that it may query. */
  readonly lists?: readonly ItemKind[];
  /** Items that it may put, and get again: so it learns whether a put whose answer was lost was made. */
  readonly puts?: readonly ItemKind[];
  /** Items that it may update, and get again, likewise. */
  readonly updates?: readonly ItemKind[];
  readonly deletes?: readonly ItemKind[];
  /** Indexes of the table that it may query; what they hold can be read there. */
  readonly queries?: readonly IndexName[];
  readonly sendsTo?: readonly QueueName[];
  /** Queues whose dead letters it may count, read and take away. */
  readonly clears?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  readonly invokes?: readonly FunctionName[];
}

/**
 * Who may touch what, all of it. Nobody scans or writes in transactions: every change of state is one conditional
 * write of one item. Nobody deletes.
 */
export const ACCESS: Readonly<Record<FunctionName, Access>> = {
  /** What it notes of a caller's use can't change what the caller may do: that is another item. */
  authorizer: { reads: ['token', 'readToken'], lists: ['trust'], updates: ['tokenUse'] },
  artifacts: {
    reads: ['artifact', 'body'],
    lists: ['artifact', 'artifactMonths', 'settings'],
    puts: ['artifact', 'artifactMonths', 'orders', 'body', 'identity', 'readToken'],
    updates: ['repository'],
    queries: ['gsi1', 'gsi2', 'gsi3'],
    sendsTo: ['events'],
    invokes: ['renderer'],
  },
  releases: {
    reads: ['artifact', 'body', 'bundle', 'target', 'release', 'commit', 'request', 'controls', 'journal'],
    lists: ['artifact', 'settings'],
    puts: ['request'],
    updates: ['release', 'target'],
    queries: ['gsi1', 'gsi2', 'gsi3'],
    sendsTo: ['events', 'render-requests', 'gitops-writes'],
    invokes: ['renderer'],
  },
  admin: {
    reads: [...AUDITED, 'auditBlock', 'auditLedger', 'body', 'tokenUse'],
    lists: ['artifact', 'artifactMonths', 'auditBlock', 'settings', 'trust'],
    puts: ['settings', 'token'],
    updates: ['branch', 'target', 'policy', 'controls', 'token', 'trust'],
    queries: ['gsi1', 'gsi2', 'gsi3'],
    sendsTo: ['events'],
    invokes: ['sweeper', 'writer'],
  },
  docs: {},
  policy: {
    reads: ['artifact', 'body', 'branch', 'target', 'request', 'controls', 'policy'],
    lists: ['artifact', 'orders', 'settings'],
    puts: ['artifact', 'notice', 'release'],
    updates: ['artifact', 'branch', 'release', 'request', 'target'],
    queries: ['gsi1'],
    sendsTo: ['events', 'render-requests', 'gitops-writes', 'notifications'],
  },
  renderer: {
    reads: ['artifact', 'body', 'chart', 'chartPin', 'release'],
    lists: ['settings'],
    puts: ['bundle', 'render'],
    updates: ['release'],
    sendsTo: ['gitops-writes', 'notifications'],
    invokes: ['charts'],
  },
  charts: {
    reads: ['chart', 'chartPin'],
    puts: ['chart', 'chartPin'],
    secrets: ['chartCredentials'],
  },
  writer: {
    reads: [
      'auditLedger',
      'bundle',
      'controls',
      'gitServer',
      'journal',
      'release',
      'target',
      'token',
      'trust',
    ],
    lists: ['settings'],
    puts: ['commit', 'gitServer', 'journal', 'notice'],
    updates: ['journal', 'release', 'target'],
    queries: ['gsi1', 'gsi3'],
    sendsTo: ['gitops-writes', 'notifications'],
    secrets: ['gitToken', 'signingKey'],
  },
  notifier: {
    reads: ['notice', 'release'],
    lists: ['settings'],
    puts: ['notice'],
    updates: ['notice', 'release'],
    sendsTo: ['notifications'],
    secrets: ['notificationSecrets'],
  },
  sweeper: {
    reads: [...AUDITED, 'auditLedger'],
    lists: ['auditBlock'],
    puts: ['auditBlock'],
    updates: [...AUDITED, 'auditLedger', 'notice'],
    queries: ['due', 'audit'],
    sendsTo: ['events', 'render-requests', 'gitops-writes', 'notifications'],
    clears: ['events', 'render-requests', 'gitops-writes', 'notifications'],
  },
};

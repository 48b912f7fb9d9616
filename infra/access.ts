import type { FunctionName } from '../shared/contract/functions.ts';
import type { QUEUES } from '../shared/contract/queues.ts';
import type { IndexName } from '../shared/contract/table.ts';

export type QueueName = keyof typeof QUEUES;
export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';
export type SecretName = 'adminTokenHash' | 'gitToken';

/** What a function may touch beside its own log and the queue that it is fed from; whatever is left out, it may not. */
export interface Access {
  /** Actions on the table's items. */
  readonly table?: readonly TableAction[];
  /** Indexes of the table that it may query. */
  readonly indexes?: readonly IndexName[];
  readonly sendsTo?: readonly QueueName[];
  readonly reads?: readonly SecretName[];
  readonly invokes?: readonly FunctionName[];
}

const READ = ['GetItem', 'BatchGetItem', 'Query'] as const;
const WRITE = ['PutItem', 'UpdateItem'] as const;

/**
 * Who may touch what, all of it. Every change of state is one conditional put or update of one item, so hardly
 * anyone deletes, and nobody scans, writes in batches or in transactions.
 */
export const ACCESS: Readonly<Record<FunctionName, Access>> = {
  authorizer: { reads: ['adminTokenHash'] },
  artifacts: { table: [...READ, ...WRITE], indexes: ['gsi1', 'gsi2', 'gsi3'], sendsTo: ['events'] },
  releases: { table: [...READ, ...WRITE], indexes: ['gsi1', 'gsi2', 'gsi3'], sendsTo: ['events'] },
  policy: { table: [...READ, ...WRITE], indexes: ['gsi1', 'gsi2', 'gsi3'], sendsTo: ['render-requests'] },
  renderer: { table: [...READ, ...WRITE], sendsTo: ['gitops-writes'], invokes: ['charts'] },
  charts: { table: [...READ, ...WRITE] },
  writer: {
    table: [...READ, ...WRITE, 'DeleteItem'],
    indexes: ['gsi3'],
    sendsTo: ['gitops-writes'],
    reads: ['gitToken'],
  },
  sweeper: {
    table: ['GetItem', 'UpdateItem'],
    indexes: ['due'],
    sendsTo: ['events', 'render-requests', 'gitops-writes'],
  },
};

/**
 * The one table. Infrastructure and the local host create it from this description; the DynamoDB adapter alone
 * knows what is in the keys.
 */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Unix seconds; the item may be removed any time after. Readers treat it as gone at once. */
  expiryAttribute: 'expiresAt',
  indexes: {
    /** Artifacts of all, by app, by repository and branch; releases by target; targets by environment; policies. */
    gsi1: { partitionKey: 'gsi1pk', sortKey: 'gsi1sk', projection: 'all' },
    /** Artifacts by repository; releases and policies by environment; targets that are held or waited for. */
    gsi2: { partitionKey: 'gsi2pk', sortKey: 'gsi2sk', projection: 'all' },
    /** Artifacts by sha; releases ready for a branch of a GitOps repo; written releases of a target in a branch. */
    gsi3: { partitionKey: 'gsi3pk', sortKey: 'gsi3sk', projection: 'all' },
    /** Sparse: items with a mark, by when it is due. */
    due: { partitionKey: 'duePk', sortKey: 'dueSk', projection: ['mark'] },
    /** Sparse: items with audit entries that are not sealed yet, by the oldest of them. */
    audit: { partitionKey: 'auditPk', sortKey: 'auditSk', projection: 'keys' },
  },
} as const;

export type IndexName = keyof typeof TABLE.indexes;

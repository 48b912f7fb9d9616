/** One thing that had to hold for a release, with what was wanted and what was seen: every decision keeps all of them. */
export interface Condition {
  readonly name:
    | 'manifest'
    | 'deploy'
    | 'event'
    | 'branch'
    | 'branchDeleted'
    | 'tag'
    | 'commitMessage'
    | 'variables'
    | 'restriction'
    | 'hold'
    | 'freeze'
    | 'stopTheLine'
    | 'rate'
    | 'promotion'
    | 'grant'
    | 'approval'
    | 'order';
  readonly holds: boolean;
  readonly wanted: string;
  readonly saw: string;
  /** The stored policy that it is a condition of; of the manifest's own, or of none, when absent. */
  readonly policy?: string;
}

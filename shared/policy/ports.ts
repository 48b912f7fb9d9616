import type { Policy } from './policy.ts';
import type { PolicyDocument, PolicyScope } from './policy-document.ts';

/** What the policy function asks on its way; consistent. */
export interface PolicyReader {
  /** The rules kept for targets; at most a few reads, however many targets. */
  ofTargets(targets: readonly { readonly app: string; readonly env: string }[]): Promise<Policy[]>;
}

export interface PolicyDocuments extends PolicyReader {
  /** Consistent. */
  get(scope: PolicyScope): Promise<PolicyDocument>;
  /** On condition that the stored revision is the one that was seen: false when it is not. */
  replace(scope: PolicyScope, seen: PolicyDocument, next: PolicyDocument): Promise<boolean>;
  /** All there are, or those of an environment and its targets; from an index, so it may lag. */
  list(env?: string): Promise<PolicyDocument[]>;
}

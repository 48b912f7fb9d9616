import type { Caller, Grant } from '../principal.ts';
import type { CiIdentity } from './ci-identity.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** Grants travel in each request's context, so there may not be many. */
const MOST_POLICIES = 4;
const TRUST = 'trust/';

/**
 * The caller that a trusted job is: what the policies that let it in grant, the first four by name, of its own
 * repository only.
 */
export function workloadCaller(trustedBy: readonly TrustPolicy[], identity: CiIdentity): Caller {
  const joined = trustedBy.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, MOST_POLICIES);
  const grants = joined.map((policy) => grantOf(policy, literalGlob(identity.repository)));
  const id = `${TRUST}${joined.map(({ name }) => name).join('+')}`;
  return { kind: 'workload', id, name: `ci:${identity.repository}`, grants, identity };
}

/** What a policy grants in the repositories that a pattern matches. */
export function grantOf({ actions, apps, environments }: TrustPolicy, repositories: string): Grant {
  return { actions, apps, environments, repositories: [repositories] };
}

/** Names of the policies that let a caller in, by its id; undefined for who was not let in by any. */
export function trustNames(callerId: string): readonly string[] | undefined {
  return callerId.startsWith(TRUST) ? callerId.slice(TRUST.length).split('+') : undefined;
}

/** The pattern that matches this text and no other. */
function literalGlob(text: string): string {
  return text.replace(/[*?[\]{},\\]/g, '\\$&');
}

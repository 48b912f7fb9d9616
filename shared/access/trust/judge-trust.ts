import { compileGlob } from '../../manifest/glob.ts';
import type { CiIdentity } from './ci-identity.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** One thing that must hold for a job to be trusted, with what was wanted and what was seen. */
export interface TrustCondition {
  readonly name: 'repositoryId' | 'ownerId' | 'workflow' | 'workflowRef' | 'ref' | 'event' | 'environment';
  readonly holds: boolean;
  readonly wanted: string;
  readonly saw: string;
}

const CODES: Readonly<Record<TrustCondition['name'], RefusalCode>> = {
  repositoryId: 'trust-repository-id',
  ownerId: 'trust-owner-id',
  workflow: 'trust-workflow',
  workflowRef: 'trust-workflow-ref',
  ref: 'trust-ref',
  event: 'trust-event',
  environment: 'trust-environment',
};

const NOTHING = 'none';

/** Every condition of a policy, in the order in which they are told; issuer and audience were looked at before. */
export function judgeTrust(policy: TrustPolicy, identity: CiIdentity): readonly TrustCondition[] {
  const { workflow, ref, event, environment = NOTHING } = identity;
  return [
    equal('repositoryId', policy.repositoryId, identity.repositoryId),
    equal('ownerId', policy.ownerId, identity.ownerId),
    equal('workflow', policy.workflow, workflow?.path ?? 'a definition in another repository'),
    // Else a branch that nobody reviewed could bring its own definition to a ref that is trusted.
    equal('workflowRef', ref, workflow?.ref ?? NOTHING),
    {
      name: 'ref',
      holds: policy.refs.some((pattern) => compileGlob(pattern).matches(ref)),
      wanted: policy.refs.join(', '),
      saw: ref,
    },
    { name: 'event', holds: policy.events.includes(event), wanted: policy.events.join(', '), saw: event },
    ...(policy.environment === undefined ? [] : [equal('environment', policy.environment, environment)]),
  ];
}

function equal(name: TrustCondition['name'], wanted: string, saw: string): TrustCondition {
  return { name, holds: wanted === saw, wanted, saw };
}

export type TrustVerdict =
  | { readonly trustedBy: readonly TrustPolicy[] }
  | { readonly refusal: Refusal; readonly conditions: readonly TrustCondition[] };

/** All policies that let the job in; or, of those about its repository, why the nearest one does not. */
export function trusted(policies: readonly TrustPolicy[], identity: CiIdentity): TrustVerdict {
  const judged = policies.map((policy) => ({ policy, conditions: judgeTrust(policy, identity) }));
  const trustedBy = judged.filter(({ conditions }) => conditions.every(({ holds }) => holds));
  if (trustedBy.length > 0) return { trustedBy: trustedBy.map(({ policy }) => policy) };
  const { repository } = identity;
  const about = judged.filter(
    ({ policy }) => policy.repositoryId === identity.repositoryId || policy.repository === repository,
  );
  const nearest = about.toSorted((a, b) => heldFirst(b.conditions) - heldFirst(a.conditions))[0];
  const failed = nearest?.conditions.find(({ holds }) => !holds);
  if (nearest === undefined || failed === undefined) {
    const message = `No trust policy is about the repository '${repository}' (number ${identity.repositoryId}): an admin can add one.`;
    return { refusal: { code: 'trust-repository', message }, conditions: [] };
  }
  return { refusal: refuse(nearest.policy, identity, failed), conditions: nearest.conditions };
}

/** How many conditions hold before the first that does not. */
function heldFirst(conditions: readonly TrustCondition[]): number {
  const failed = conditions.findIndex(({ holds }) => !holds);
  return failed < 0 ? conditions.length : failed;
}

function refuse(policy: TrustPolicy, { repository }: CiIdentity, failed: TrustCondition): Refusal {
  const { name, wanted, saw } = failed;
  const why =
    name === 'repositoryId'
      ? `'${repository}' is another repository than the one that was trusted (number ${saw}, wanted ${wanted})`
      : `its ${WORDS[name]} is ${saw}, wanted ${wanted}`;
  return {
    code: CODES[name],
    message: `The trust policy '${policy.name}' does not let this job in: ${why}.`,
  };
}

const WORDS: Readonly<Record<TrustCondition['name'], string>> = {
  repositoryId: "repository's number",
  ownerId: "owner's number",
  workflow: 'workflow file',
  workflowRef: "workflow's own ref",
  ref: 'ref',
  event: 'event',
  environment: 'environment',
};

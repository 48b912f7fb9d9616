import * as z from 'zod';
import type { Freeze } from '../policy/freeze.ts';
import type { Policy } from '../policy/policy.ts';
import type { PastPolicy } from '../policy/policy-document.ts';
import type { ListedPolicy } from '../release/list-policies.ts';
import type { SimulationResult } from '../release/simulate-policies.ts';
import { wholeList } from './query.ts';

/** GET /api/policies. */
export const policiesQuery = z.object({
  env: z.string().optional(),
  app: z.string().optional(),
  kind: z.string().optional(),
  ...wholeList,
});

/** A policy as people write it: what PUT takes beside the names in its path, and policy files hold. */
const policyDocument = z.looseObject({
  kind: z.string(),
  env: z.string().optional(),
  app: z.string().optional(),
  // What else there is depends on the kind.
  name: z.string().optional(),
  to: z.string().optional(),
  deploy: z.record(z.string(), z.unknown()).optional(),
  afterSeconds: z.number().optional(),
  branchPattern: z.string().optional(),
  freeze: z.record(z.string(), z.unknown()).optional(),
  reason: z.string().optional(),
});
export type PolicyDocumentAnswer = z.infer<typeof policyDocument>;

/** GET /api/policies/{id}, and each of GET /api/policies. */
export const policyAnswer = policyDocument.extend({
  id: z.string(),
  /** `settings`: the operator's, which the API can't change. */
  origin: z.enum(['api', 'settings']),
  version: z.number().int().optional(),
  changedBy: z.string().optional(),
  /** Unix milliseconds. */
  changedAt: z.number().optional(),
  history: z
    .array(
      z.looseObject({
        version: z.number().int(),
        action: z.enum(['created', 'changed', 'deleted']),
        changedBy: z.string(),
        changedAt: z.number(),
        policy: policyDocument.optional(),
      }),
    )
    .optional(),
});
export type PolicyAnswer = z.infer<typeof policyAnswer>;
export const policiesAnswer = z.array(policyAnswer);
export const policyDeletedAnswer = z.looseObject({ id: z.string(), deleted: z.literal(true) });

const time = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 date and time, e.g. 2026-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text));

/** POST /api/policies/simulate. */
export const simulateBody = z.object({
  policies: z.array(z.unknown()).max(200).default([]),
  without: z.array(z.string()).max(200).default([]),
  last: z.number().int().min(1).max(500).default(100),
  since: time.optional(),
  until: time.optional(),
  app: z.string().optional(),
  repository: z.string().optional(),
  branch: z.string().optional(),
});

const simulatedDecision = z.looseObject({ outcome: z.string(), sentence: z.string() });
export const simulationAnswer = z.looseObject({
  /** How many were looked at. */
  artifacts: z.number().int(),
  results: z.array(
    z.looseObject({
      artifactId: z.string(),
      /** Unix seconds. */
      created: z.number().int(),
      app: z.string(),
      env: z.string(),
      simulated: simulatedDecision,
      decided: simulatedDecision.optional(),
      /** `released`: it would be, and was not; `notReleased`: it would not be, and was. */
      difference: z.enum(['released', 'notReleased', 'none']),
    }),
  ),
});
export type SimulationAnswer = z.infer<typeof simulationAnswer>;

export function toPolicyAnswer(
  { id, origin, policy, version, changedBy, changedAt }: ListedPolicy,
  history?: readonly PastPolicy[],
): PolicyAnswer {
  return {
    ...toDocument(policy),
    id,
    origin,
    ...(version !== undefined && { version }),
    ...(changedBy !== undefined && { changedBy }),
    ...(changedAt !== undefined && { changedAt }),
    ...(history && { history: history.map(toPastAnswer) }),
  };
}

function toPastAnswer({ id: _, policy, ...past }: PastPolicy) {
  return { ...past, ...(policy && { policy: toDocument(policy) }) };
}

export function toSimulationAnswer({ artifacts, results }: SimulationResult): SimulationAnswer {
  return {
    artifacts,
    results: results.map(({ artifactId, created, evaluation, decided, difference }) => ({
      artifactId,
      created,
      app: evaluation.app,
      env: evaluation.env,
      simulated: { outcome: evaluation.outcome, sentence: evaluation.sentence },
      ...(decided && { decided: { outcome: decided.outcome, sentence: decided.sentence } }),
      difference,
    })),
  };
}

/** Times as people write them, so that what is answered can be sent again. */
function toDocument(policy: Policy): PolicyDocumentAnswer {
  return policy.kind === 'freeze' ? { ...policy, freeze: toFreeze(policy.freeze) } : { ...policy };
}

function toFreeze(freeze: Freeze) {
  if (!('from' in freeze)) return { ...freeze };
  const { from, until, reason } = freeze;
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString(), reason };
}

import { inParallel } from '../concurrency/in-parallel.ts';
import { ConflictError, TransientError } from '../errors/errors.ts';
import type { ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import { mayPass } from '../policy/conflict.ts';
import type { Restriction } from '../policy/gates.ts';
import { policyNameOf } from '../policy/parse-policy.ts';
import { type Policy, policyId, type StoredPolicy } from '../policy/policy.ts';
import {
  type ChangeContext,
  findPolicy,
  type PolicyDocument,
  scopeOf,
  withoutPolicy,
  withPolicy,
} from '../policy/policy-document.ts';
import type { PolicyDocuments } from '../policy/ports.ts';
import { restrictionsOf } from './operator-controls.ts';
import type { HeldTargets, Targets } from './ports.ts';
import type { TargetName } from './release.ts';
import type { Settings } from './settings.ts';
import { targetMark } from './target-mark.ts';

export interface ChangePolicyPorts {
  readonly policies: PolicyDocuments;
  readonly targets: Pick<Targets, 'wake'>;
  readonly held: HeldTargets;
  readonly settings: Pick<Settings, 'branchRestrictions'>;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

const MOST_ATTEMPTS = 5;
const PARALLEL = 20;

/**
 * Makes or replaces a policy. A restriction and a policy that it would never let through refuse each other; two that
 * are written in the same moment may both get in, and then the restriction wins whenever it is asked.
 * @throws ConflictError `policy-conflict`; PreconditionFailedError `policy-changed`.
 */
export async function putPolicy(
  ports: ChangePolicyPorts,
  policy: Policy,
  context: ChangeContext,
): Promise<{ readonly stored: StoredPolicy; readonly created: boolean }> {
  await refuseConflict(ports, policy);
  const id = policyId(policy);
  const { before, after } = await change(ports, scopeOf(policy), (document) =>
    withPolicy(document, policy, context),
  );
  await follow(ports, policy, context.now);
  const stored = findPolicy(after, id);
  if (!stored) throw new Error(`policy ${id} was written and is not there`);
  return { stored, created: findPolicy(before, id) === undefined };
}

/** @throws NotFoundError `policy-not-found`; PreconditionFailedError `policy-changed`; ConflictError `operator-policy`. */
export async function deletePolicy(
  ports: ChangePolicyPorts,
  id: string,
  context: ChangeContext,
): Promise<void> {
  if (id.startsWith('settings/')) {
    const words = 'is set by the operator: it is changed in the settings, and nowhere else';
    throw new ConflictError('operator-policy', `The policy '${id}' ${words}.`);
  }
  const { before } = await change(ports, scopeOf(policyNameOf(id)), (document) =>
    withoutPolicy(document, id, context),
  );
  const deleted = findPolicy(before, id);
  if (deleted) await follow(ports, deleted.policy, context.now);
}

/** Reads, changes and writes a document, again when somebody else was faster. */
async function change(
  { policies }: ChangePolicyPorts,
  scope: ReturnType<typeof scopeOf>,
  edit: (document: PolicyDocument) => PolicyDocument,
): Promise<{ readonly before: PolicyDocument; readonly after: PolicyDocument }> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const before = await policies.get(scope);
    const after = edit(before);
    if (await policies.replace(scope, before, after)) return { before, after };
  }
  throw new TransientError('policies-busy', 'Others are changing these policies right now; try again.');
}

async function refuseConflict(ports: ChangePolicyPorts, policy: Policy): Promise<void> {
  if (policy.kind === 'auto-release') {
    const { policies } = await ports.policies.get({ env: policy.env });
    const stored = policies.flatMap((one) => (one.policy.kind === 'branch-restriction' ? [one.policy] : []));
    const binding = [...restrictionsOf(ports.settings, policy.env), ...stored];
    const wall = binding.find((restriction) => isBlocked(policy, restriction));
    if (wall) throw conflict(policyId(policy), `branches of ${policy.env} must match ${wall.branchPattern}`);
  }
  if (policy.kind === 'branch-restriction') {
    const documents = await ports.policies.list(policy.env);
    const stored = documents.flatMap(({ policies }) => policies.map((one) => one.policy));
    const blocked = stored.find((one) => one.kind === 'auto-release' && isBlocked(one, policy));
    if (blocked) throw conflict(policyId(policy), `${policyId(blocked)} could never release anything`);
  }
}

function isBlocked(
  { app, deploy }: Extract<Policy, { kind: 'auto-release' }>,
  restriction: Restriction,
): boolean {
  if (restriction.app !== undefined && restriction.app !== app) return false;
  return !mayPass(deploy, restriction.branchPattern);
}

function conflict(id: string, because: string): ConflictError {
  return new ConflictError(
    'policy-conflict',
    `The policy '${id}' contradicts another: ${because}. Change one of them.`,
  );
}

/** Has those looked after that a change may concern: what is promoted from, what had to wait. */
async function follow(ports: ChangePolicyPorts, policy: Policy, now: number): Promise<void> {
  if (policy.kind === 'auto-promote') await wake(ports, policy, now, { promotes: true });
  if (policy.kind !== 'freeze' && policy.kind !== 'stop-the-line') return;
  const held = await ports.held.listHeld();
  const waiting = held.filter(({ waiting: artifacts, env }) => {
    const concerns = policy.kind === 'stop-the-line' || env === policy.env;
    return concerns && Object.keys(artifacts).length > 0;
  });
  await inParallel(waiting, PARALLEL, (target) => wake(ports, target, now));
}

async function wake(
  { targets, outbox, resend }: ChangePolicyPorts,
  { app, env }: TargetName,
  now: number,
  options?: { readonly promotes: true },
): Promise<void> {
  const mark = targetMark({ app, env }, now + resend.firstMs, now);
  await targets.wake({ app, env }, mark, options);
  await outbox.send({ itemId: `${env}/${app}`, mark });
}

import { policyNameOf } from '../policy/parse-policy.ts';
import type { Policy, StoredPolicy } from '../policy/policy.ts';
import { policyId } from '../policy/policy.ts';
import { findPolicy, type PastPolicy, scopeOf, unknownPolicy } from '../policy/policy-document.ts';
import type { PolicyDocuments } from '../policy/ports.ts';
import type { Settings } from './settings.ts';

/** A policy with where it comes from: people, by the API, or the operator's settings. */
export interface ListedPolicy extends Partial<Omit<StoredPolicy, 'policy'>> {
  readonly id: string;
  readonly policy: Policy;
  readonly origin: 'api' | 'settings';
}

export interface PolicyFilter {
  readonly env?: string | undefined;
  readonly app?: string | undefined;
  readonly kind?: string | undefined;
}

export interface ListPolicyPorts {
  readonly policies: PolicyDocuments;
  readonly settings: Pick<Settings, 'branchRestrictions'>;
}

/** All policies that a filter lets through, by id. An app's list has what binds all apps, too. */
export async function listPolicies(ports: ListPolicyPorts, filter: PolicyFilter): Promise<ListedPolicy[]> {
  const documents = await ports.policies.list(filter.env);
  const stored = documents.flatMap(({ policies }) =>
    policies.map((one): ListedPolicy => ({ ...one, id: policyId(one.policy), origin: 'api' })),
  );
  const own = filter.env === undefined ? [] : (await ports.policies.get({})).policies;
  const global = own.map((one): ListedPolicy => ({ ...one, id: policyId(one.policy), origin: 'api' }));
  return [...fromSettings(ports.settings), ...stored, ...global]
    .filter(({ policy }) => isWanted(policy, filter))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** @throws NotFoundError `policy-not-found`; InvalidInputError `bad-policy` for an id that is none. */
export async function showPolicy(
  ports: ListPolicyPorts,
  id: string,
): Promise<{ readonly listed: ListedPolicy; readonly history: readonly PastPolicy[] }> {
  const fixed = fromSettings(ports.settings).find((one) => one.id === id);
  if (fixed) return { listed: fixed, history: [] };
  if (id.startsWith('settings/')) throw unknownPolicy(id);
  const document = await ports.policies.get(scopeOf(policyNameOf(id)));
  const stored = findPolicy(document, id);
  if (!stored) throw unknownPolicy(id);
  const history = document.history.filter((past) => past.id === id);
  return { listed: { ...stored, id, origin: 'api' }, history };
}

function fromSettings({ branchRestrictions }: Pick<Settings, 'branchRestrictions'>): ListedPolicy[] {
  return branchRestrictions.map(({ env = '*', app, branchPattern }, index) => ({
    id: `settings/branch-restriction/${index + 1}`,
    policy: { kind: 'branch-restriction', env, branchPattern, ...(app !== undefined && { app }) },
    origin: 'settings',
  }));
}

function isWanted(policy: Policy, { env, app, kind }: PolicyFilter): boolean {
  const ofEnv = 'env' in policy && policy.env !== '*' ? policy.env : undefined;
  const ofApp = 'app' in policy ? policy.app : undefined;
  return (
    (kind === undefined || policy.kind === kind) &&
    (env === undefined || ofEnv === undefined || ofEnv === env) &&
    (app === undefined || ofApp === undefined || ofApp === app)
  );
}

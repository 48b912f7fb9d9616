import type { AuditEvent } from '../../audit/event.ts';
import type { Policy, StoredPolicy } from '../../policy/policy.ts';
import { NO_POLICIES, type PolicyDocument, type PolicyScope } from '../../policy/policy-document.ts';
import type { PolicyDocuments } from '../../policy/ports.ts';
import type { TargetName } from '../../release/release.ts';
import { type AuditedKey, keys, partitions } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** Policies: a document per target, one per environment, one for all; each write is conditional on the revision. */
export class PolicyStore implements PolicyDocuments {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async get(scope: PolicyScope): Promise<PolicyDocument> {
    return documentOf(await this.table.get(keyOf(scope)));
  }

  async ofTargets(targets: readonly TargetName[]): Promise<Policy[]> {
    const wanted = new Map(targets.map((target) => [JSON.stringify([target.env, target.app]), target]));
    const items = await this.table.getMany([...wanted.values()].map((target) => keys.targetPolicies(target)));
    return items.flatMap((item) => documentOf(item).policies.map(({ policy }) => policy));
  }

  replace(scope: PolicyScope, seen: PolicyDocument, next: PolicyDocument): Promise<boolean> {
    const { env, app = '' } = scope;
    return this.table.update(
      keyOf(scope),
      {
        UpdateExpression: [
          'SET revision = :next, policies = :policies, history = :history, gsi1pk = :all, gsi1sk = :name',
          ...(env === undefined ? [] : ['gsi2pk = :env, gsi2sk = :name']),
        ].join(', '),
        ConditionExpression: seen.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :seen',
        ExpressionAttributeValues: {
          ':next': next.revision,
          ':policies': next.policies,
          ':history': next.history,
          ':all': partitions.policies(),
          ':name': `${env ?? ''}#${app}`,
          ...(env !== undefined && { ':env': partitions.policiesOfEnvironment(env) }),
          ...(seen.revision !== 0 && { ':seen': seen.revision }),
        },
      },
      changed(scope, next),
    );
  }

  async list(env?: string): Promise<PolicyDocument[]> {
    const query =
      env === undefined
        ? ({ index: 'gsi1', partition: partitions.policies() } as const)
        : ({ index: 'gsi2', partition: partitions.policiesOfEnvironment(env) } as const);
    const documents: PolicyDocument[] = [];
    for await (const item of this.table.query({ ...query, newestFirst: false }))
      documents.push(documentOf(item));
    return documents;
  }
}

/** The entry of the rule that was changed, as it is from then on. */
function changed({ env, app }: PolicyScope, { revision, history }: PolicyDocument): AuditEvent {
  const past = history.findLast(({ version }) => version === revision);
  return {
    action: 'policy.change',
    object: `policy/${past?.id ?? [env, app].filter((name) => name !== undefined).join('/')}`,
    outcome: past?.action ?? 'changed',
    ...(past && { actor: past.changedBy }),
    ...(app !== undefined && { app }),
    ...(env !== undefined && { env }),
    details: { version: revision, policy: past?.policy && JSON.stringify(past.policy) },
  };
}

function keyOf({ env, app }: PolicyScope): AuditedKey {
  if (env === undefined) return keys.globalControls();
  return app === undefined ? keys.environmentControls(env) : keys.targetPolicies({ app, env });
}

/** What an item holds of a document. */
export function documentOf(item: Item | undefined): PolicyDocument {
  if (item?.['revision'] === undefined) return NO_POLICIES;
  return {
    revision: Number(item['revision']),
    policies: item['policies'] as StoredPolicy[],
    history: item['history'] as PolicyDocument['history'],
  };
}

import type { TrustChanged, TrustPolicies } from '../../access/trust/change-trust.ts';
import type { StoredTrust } from '../../access/trust/trust-policy.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** Trust policies, an item each in one partition; each write is conditional on the version that was seen. */
export class TrustStore implements TrustPolicies {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async get(name: string): Promise<StoredTrust | undefined> {
    return policyOf(await this.table.get(keys.trust(name)));
  }

  /** Consistent. */
  async list(): Promise<StoredTrust[]> {
    const items = await this.table.list(keys.trust('').pk);
    return items.flatMap((item) => policyOf(item) ?? []);
  }

  put(policy: StoredTrust, seen: number): Promise<boolean> {
    const { ConditionExpression, names, values } = onVersion(seen);
    return this.table.update(
      keys.trust(policy.name),
      {
        UpdateExpression: 'SET trust = :policy, #version = :next',
        ConditionExpression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ...values, ':policy': policy, ':next': policy.version },
      },
      changed(policy.name, policy, JSON.stringify(policy)),
    );
  }

  /** What is left keeps the version: a put that comes late must not bring it back. */
  remove(name: string, next: TrustChanged, seen: number): Promise<boolean> {
    const { ConditionExpression, names, values } = onVersion(seen);
    return this.table.update(
      keys.trust(name),
      {
        UpdateExpression: 'SET #version = :next REMOVE trust',
        ConditionExpression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ...values, ':next': next.version },
      },
      changed(name, next, undefined),
    );
  }

  /** Of one that was deleted, too; 0 when there never was one. */
  async version(name: string): Promise<number> {
    return Number((await this.table.get(keys.trust(name)))?.['version'] ?? 0);
  }
}

function onVersion(seen: number) {
  return {
    ConditionExpression: seen === 0 ? 'attribute_not_exists(#version)' : '#version = :seen',
    names: { '#version': 'version' },
    values: seen === 0 ? {} : { ':seen': seen },
  };
}

function changed(name: string, { version, changedBy }: TrustChanged, policy: string | undefined): AuditEvent {
  return {
    action: 'trust.change',
    object: `trust/${name}`,
    outcome: policy === undefined ? 'deleted' : version === 1 ? 'created' : 'changed',
    actor: changedBy,
    details: { version, policy },
  };
}

function policyOf(item: Item | undefined): StoredTrust | undefined {
  return item?.['trust'] as StoredTrust | undefined;
}

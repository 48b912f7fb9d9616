import type { ApiToken } from '../../access/api-token.ts';
import { forgottenAt, type Tokens } from '../../access/manage-tokens.ts';
import type { BudgetLedger } from '../../access/request-budget.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { TABLE } from '../../contract/table.ts';
import { keys, partitions, timeKey } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

const FORGET_USE_SECONDS = 400 * 86_400;

/** API tokens, and beside each when it was used last and what it has taken of its budget. */
export class TokenStore implements Tokens, BudgetLedger {
  private readonly table: TableClient;
  private readonly now: () => number;

  constructor(table: TableClient, now: () => number = Date.now) {
    this.table = table;
    this.now = now;
  }

  create(token: ApiToken): Promise<boolean> {
    return this.table.putNew(keys.token(token.id), itemOf(token), changed(token));
  }

  /** Puts it in place of whatever is there. */
  async put(token: ApiToken): Promise<void> {
    await this.table.replace(keys.token(token.id), itemOf(token), changed(token));
  }

  async get(id: string): Promise<ApiToken | undefined> {
    const item = await this.table.get(keys.token(id));
    return item && tokenOf(item);
  }

  replace(seen: ApiToken, next: ApiToken): Promise<boolean> {
    return this.table.replace(keys.token(next.id), itemOf(next), changed(next), {
      ConditionExpression: '#token.#revision = :seen',
      ExpressionAttributeNames: { '#token': 'token', '#revision': 'revision' },
      ExpressionAttributeValues: { ':seen': seen.revision },
    });
  }

  async list(): Promise<ApiToken[]> {
    const query = { index: 'gsi1', partition: partitions.tokens(), newestFirst: true } as const;
    const tokens: ApiToken[] = [];
    for await (const item of this.table.query(query)) tokens.push(tokenOf(item));
    return tokens;
  }

  /** When each was used last, unix milliseconds; of those that were. It may be some requests old. */
  async lastUses(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const items = await this.table.getMany(ids.map((id) => keys.tokenUse(id)));
    return new Map(items.map(({ tokenId, usedAt }) => [String(tokenId), Number(usedAt)]));
  }

  async take(tokenId: string, minute: number, permits: number): Promise<number> {
    const key = keys.tokenUse(tokenId);
    const values = {
      ':minute': minute,
      ':permits': permits,
      ':now': this.now(),
      ':forget': Math.ceil(this.now() / 1000) + FORGET_USE_SECONDS,
    };
    const names = { '#minute': 'minute', '#expiry': TABLE.expiryAttribute };
    const more = () =>
      this.table.updated(
        key,
        {
          UpdateExpression: 'SET usedAt = :now, #expiry = :forget ADD taken :permits',
          ConditionExpression: '#minute = :minute',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        },
        COUNTED,
      );
    const first = () =>
      this.table.updated(
        key,
        {
          UpdateExpression:
            'SET #minute = :minute, taken = :permits, usedAt = :now, #expiry = :forget, tokenId = :id',
          ConditionExpression: 'attribute_not_exists(#minute) OR #minute < :minute',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...values, ':id': tokenId },
        },
        COUNTED,
      );
    const item = (await more()) ?? (await first()) ?? (await more());
    return item === undefined ? permits : Number(item['taken']);
  }
}

const COUNTED = { notAudited: 'it counts requests, which change nothing by that' } as const;

/** What is granted to whom, and until when; never what its holder has. */
function changed({
  id,
  name,
  grants,
  secrets,
  createdBy,
  revokedAt,
  revokedBy,
  revision,
}: ApiToken): AuditEvent {
  const done = revokedAt !== undefined ? 'revoked' : revision === 1 ? 'created' : 'rotated';
  const expires = secrets[0] && new Date(secrets[0].expiresAt).toISOString();
  return {
    action: 'token.change',
    object: `token/${id}`,
    outcome: done,
    ...(revision === 1 && { actor: createdBy }),
    ...(revokedBy !== undefined && { actor: revokedBy }),
    details: { name, revision, grants: JSON.stringify(grants), expires },
  };
}

function itemOf(token: ApiToken): Item {
  return {
    token,
    gsi1pk: partitions.tokens(),
    gsi1sk: timeKey(token.createdAt, token.id),
    [TABLE.expiryAttribute]: forgottenAt(token),
  };
}

function tokenOf(item: Item): ApiToken {
  return item['token'] as ApiToken;
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApiToken, DEFAULT_TOKEN_AGE_MS } from '../../access/api-token.ts';
import { EVERYTHING } from '../../access/authenticate.ts';
import { formatToken, hashSecret, newTokenParts, parseToken } from '../../access/token-text.ts';
import { TableClient } from './table-client.ts';
import { TokenStore } from './token-store.ts';

export interface FirstAdminToken {
  readonly tableName: string;
  readonly client?: DynamoDBClient;
  readonly name: string;
  readonly ageMs?: number;
  /** One that was made here before, which is to be right again. */
  readonly text?: string | undefined;
  readonly random: (bytes: number) => Uint8Array;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Puts an admin's token into the table: for who may write there anyway, as the API gives tokens to none but admins.
 * Answers the token itself.
 */
export async function putFirstAdminToken(options: FirstAdminToken): Promise<string> {
  const { tableName, client, name, now, ageMs = DEFAULT_TOKEN_AGE_MS } = options;
  const parts = parseToken(options.text ?? '') ?? newTokenParts(options.random);
  const token: ApiToken = {
    id: parts.id,
    name,
    grants: [EVERYTHING],
    secrets: [{ hash: hashSecret(parts.secret), expiresAt: now + ageMs }],
    createdAt: now,
    createdBy: name,
    revision: 1,
  };
  await new TokenStore(new TableClient(tableName, () => ({ function: 'admin-token' }), client)).put(token);
  return formatToken(parts);
}

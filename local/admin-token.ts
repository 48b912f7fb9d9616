import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { putFirstAdminToken } from '../shared/adapters/dynamodb/first-admin-token.ts';
import { TABLE_NAME } from './backing-services.ts';
import type { DataDirectory } from './data-directory.ts';
import { LOCAL_AWS } from './embedded/local-aws.ts';
import { readIfPresent, writePrivateFile } from './private-file.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * The admin token of a data directory: made at the first start, and right for another year at each. One of an older
 * version, which is no token any more, is replaced.
 */
export async function ensureAdminToken(data: DataDirectory, dynamodb: string): Promise<string> {
  const kept = (await readIfPresent(data.adminTokenFile))?.trim();
  const client = new DynamoDBClient({ endpoint: dynamodb, ...LOCAL_AWS });
  try {
    const token = await putFirstAdminToken({
      ...{ tableName: TABLE_NAME, client, name: 'admin', text: kept, ageMs: YEAR_MS },
      ...{ random: randomBytes, now: Date.now() },
    });
    if (token !== kept) await writePrivateFile(data.adminTokenFile, `${token}\n`);
    return token;
  } finally {
    client.destroy();
  }
}

import { randomBytes } from 'node:crypto';
import type { DataDirectory } from './data-directory.ts';
import { readIfPresent, writePrivateFile } from './private-file.ts';

/** Ids in the local Secrets Manager. */
export const SECRET_IDS = {
  gitToken: 'gimletd/git-token',
  signingKey: 'gimletd/signing-key',
  chartCredentials: 'gimletd/chart-credentials',
  notificationSecrets: 'gimletd/notification-secrets',
} as const;

export interface LocalSecrets {
  /** Who has it may push to the local GitOps repo. */
  readonly gitToken: string;
}

/** Reads the secrets of a data directory, and makes what is missing: all of them at the first start. */
export async function ensureSecrets(data: DataDirectory): Promise<LocalSecrets> {
  const kept = await readIfPresent(data.secretsFile);
  const secrets: Record<string, string> = kept === undefined ? {} : JSON.parse(kept);
  const gitToken = secrets[SECRET_IDS.gitToken] ?? randomBytes(32).toString('base64url');
  const wanted = {
    ...secrets,
    [SECRET_IDS.gitToken]: gitToken,
    [SECRET_IDS.signingKey]: secrets[SECRET_IDS.signingKey] ?? 'put a private key here',
    [SECRET_IDS.chartCredentials]: secrets[SECRET_IDS.chartCredentials] ?? '{}',
    [SECRET_IDS.notificationSecrets]: secrets[SECRET_IDS.notificationSecrets] ?? '{}',
  };
  const content = `${JSON.stringify(wanted, null, 2)}\n`;
  if (content !== kept) await writePrivateFile(data.secretsFile, content);
  return { gitToken };
}

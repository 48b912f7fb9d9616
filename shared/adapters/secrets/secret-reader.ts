import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TransientError } from '../../errors/errors.ts';

/** Reads a secret's text; kept for a while, so that not every invocation asks. */
export type SecretReader = (secretId: string) => Promise<string>;

const KEEP_MS = 60_000;

/** @throws TransientError `secret-unavailable` when the store does not give it; the secret itself is in no error. */
export function secretReader(
  clock: () => number,
  client: SecretsManagerClient = new SecretsManagerClient({}),
): SecretReader {
  const known = new Map<string, { readonly value: string; readonly until: number }>();
  return async (secretId) => {
    const kept = known.get(secretId);
    if (kept && kept.until > clock()) return kept.value;
    const value = await read(client, secretId);
    known.set(secretId, { value, until: clock() + KEEP_MS });
    return value;
  };
}

async function read(client: SecretsManagerClient, secretId: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    throw new TransientError('secret-unavailable', `The secret '${secretId}' can't be read.`, {
      cause: error,
    });
  }
  throw new TransientError('secret-unavailable', `The secret '${secretId}' has no text.`);
}

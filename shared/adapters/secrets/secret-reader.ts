import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TransientError } from '../../errors/errors.ts';
import { learnSecret } from '../../errors/redact.ts';

/** Reads a secret's text; kept for a while, so that not every invocation asks. `fresh`: as it is stored now. */
export type SecretReader = (secretId: string, options?: { readonly fresh?: boolean }) => Promise<string>;

const KEEP_MS = 60_000;
/** Fields of secrets that hold no secret, and that messages name. */
const PUBLIC_FIELDS: ReadonlySet<string> = new Set(['type', 'username', 'appId', 'apiUrl', 'installationId']);

/** @throws TransientError `secret-unavailable` when the store does not give it; the secret itself is in no error. */
export function secretReader(
  clock: () => number,
  client: SecretsManagerClient = new SecretsManagerClient({}),
): SecretReader {
  const known = new Map<string, { readonly value: string; readonly until: number }>();
  return async (secretId, { fresh = false } = {}) => {
    const kept = known.get(secretId);
    if (kept && !fresh && kept.until > clock()) return kept.value;
    const value = await read(client, secretId);
    for (const secret of secretsIn(value)) learnSecret(secret);
    known.set(secretId, { value, until: clock() + KEEP_MS });
    return value;
  };
}

/** The text, and where it is JSON the texts in it, each of which may be said alone. */
function secretsIn(text: string): string[] {
  const found = [text];
  try {
    JSON.parse(text, (key, value: unknown) => {
      if (typeof value === 'string' && !PUBLIC_FIELDS.has(key)) found.push(value, afterColon(value));
      return value;
    });
  } catch {
    // Most secrets are no JSON.
  }
  return found;
}

/** The password of `user:password`. */
function afterColon(text: string): string {
  return text.slice(text.indexOf(':') + 1);
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

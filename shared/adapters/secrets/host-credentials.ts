import { TransientError } from '../../errors/errors.ts';

/**
 * What each host knows us by, from a secret that is a JSON object: host → `user:password`. Undefined for a host that is
 * not in it; what it holds is in no error.
 * @throws TransientError `secret-invalid`
 */
export function hostCredentials(
  secret: () => Promise<string>,
): (host: string) => Promise<string | undefined> {
  return async (host) => {
    const known = readObject(await secret());
    const credentials = Object.hasOwn(known, host) ? known[host] : undefined;
    return typeof credentials === 'string' ? credentials : undefined;
  };
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  const value = parse(text);
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new TransientError('secret-invalid', 'The secret of chart credentials is no JSON object of hosts.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

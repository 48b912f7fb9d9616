import { TransientError } from '../../errors/errors.ts';

/**
 * What a secret that is a JSON object has under a name; undefined where it has none. What it holds is in no error.
 * @throws TransientError `secret-invalid`
 */
export function namedSecrets(secret: () => Promise<string>): (name: string) => Promise<string | undefined> {
  return async (name) => {
    const known = readObject(await secret());
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  const value = parse(text);
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new TransientError('secret-invalid', 'A secret that must be a JSON object of names is none.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

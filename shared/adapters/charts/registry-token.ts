import * as z from 'zod';
import { UnprocessableError } from '../../errors/errors.ts';
import { basicAuthorization, type Credentials } from './credentials.ts';
import { type GuardedOptions, guardedGet } from './guarded-request.ts';

const tokenSchema = z
  .object({ token: z.string().optional(), access_token: z.string().optional() })
  .transform(({ token, access_token }) => token ?? access_token)
  .pipe(z.string().min(1));

/**
 * What to answer a registry that wants to know who asks: a token from where it sends us for one, or our credentials.
 * Those of the registry go to it, and to the address that it names for tokens, which must be a host that charts may
 * come from.
 * @throws UnprocessableError `chart-source-refused`; and as guardedRequest
 */
export async function answerChallenge(
  registry: URL,
  challenge: string | undefined,
  guarded: GuardedOptions,
  credentials: Credentials | undefined,
): Promise<string> {
  const basic = await basicAuthorization(registry, credentials);
  const [, scheme = '', text = ''] = /^(\w+)\s*(.*)$/s.exec(challenge ?? '') ?? [];
  if (scheme.toLowerCase() === 'basic' && basic['authorization']) return basic['authorization'];
  const { realm, service, scope } = parametersOf(text);
  if (scheme.toLowerCase() !== 'bearer' || realm === undefined || !URL.canParse(realm))
    throw refused(`${registry.host} wants credentials, which are kept by host in the secret store`);
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const answer = await guardedGet(url, guarded, basic);
  return `Bearer ${readToken(answer, url)}`;
}

/** `realm="https://auth.example.com/token",service="registry"` */
function parametersOf(text: string): Partial<Record<string, string>> {
  const pairs = text.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries([...pairs].map(([, name = '', quoted, plain]) => [name, quoted ?? plain]));
}

function readToken(body: Buffer, { host }: URL): string {
  try {
    return tokenSchema.parse(JSON.parse(body.toString()));
  } catch {
    throw refused(`${host} gives no token`);
  }
}

function refused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}

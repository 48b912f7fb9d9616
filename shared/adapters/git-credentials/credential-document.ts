import * as z from 'zod';
import { GitRefusedError } from '../../errors/errors.ts';
import { formatPath } from '../../errors/field-errors.ts';
import { TOKEN_USERNAME } from '../../gitops/git-credentials.ts';

/** No `:` in a user name, or Basic would read it as the end of it. */
const username = z.string().regex(/^[^:\s]{1,100}$/, 'must be 1 to 100 characters without spaces and colons');

const tokenSchema = z.strictObject({
  type: z.literal('token'),
  token: z.string().min(1),
  username: username.default(TOKEN_USERNAME),
});

const appSchema = z.strictObject({
  type: z.literal('github-app'),
  /** The app's id, or its client id. */
  appId: z.union([z.string().min(1), z.number().int().positive()]).transform(String),
  /** PEM, as GitHub hands it out. */
  privateKey: z.string().includes('PRIVATE KEY-----', { error: 'must be the PEM file that GitHub gave' }),
  /** Looked up by the repo when absent. */
  installationId: z.coerce.number().int().positive().optional(),
  /** `https://HOST/api/v3` for GitHub Enterprise Server. */
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isHttpsOrLoopback, 'must be https')
    .default('https://api.github.com'),
});

const credentialSchema = z.discriminatedUnion('type', [tokenSchema, appSchema]);
const hostsSchema = z.strictObject({ hosts: z.record(z.string(), credentialSchema) });

export type TokenCredential = z.output<typeof tokenSchema>;
export type GitHubApp = z.output<typeof appSchema>;
export type StoredCredential = TokenCredential | GitHubApp;

/**
 * What the secret says of a host (`github.com`, with a port if it has one). The secret is a token as it is, a JSON
 * object of one credential, or `{"hosts": {"github.com": {…}}}`; a host that is not in it is asked without.
 * @throws GitRefusedError that names the field, and nothing of what it holds.
 */
export function storedCredential(secret: string, host: string): StoredCredential | undefined {
  const text = secret.trim();
  if (!text.startsWith('{')) return { type: 'token', token: text, username: TOKEN_USERNAME };
  const document = parseJson(text);
  if (!isByHost(document)) return checked(credentialSchema, document);
  const { hosts } = checked(hostsSchema, document);
  return Object.hasOwn(hosts, host) ? hosts[host] : undefined;
}

function isByHost(document: unknown): boolean {
  return typeof document === 'object' && document !== null && Object.hasOwn(document, 'hosts');
}

/** Paths only are told: a message might quote what was found. */
function checked<S extends z.ZodType>(schema: S, document: unknown): z.output<S> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => formatPath([...issue.path, key]))
      : [formatPath(issue.path)],
  );
  throw badSecret(`look at ${[...new Set(paths)].join(', ')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's words quote the text.
    throw badSecret('it begins as a JSON object and is none');
  }
}

function badSecret(problem: string): GitRefusedError {
  return new GitRefusedError(
    `The secret of the git credential is not right: ${problem}. It must be a token, or JSON: {"type": "token", "token": …} or {"type": "github-app", "appId": …, "privateKey": …}.`,
  );
}

function isHttpsOrLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

import * as z from 'zod';
import { InvalidInputError } from '../../errors/errors.ts';
import { fieldErrors } from '../../errors/field-errors.ts';
import { checkedText } from '../../manifest/checked-text.ts';
import { globProblem } from '../../manifest/glob.ts';
import type { Action } from '../actions.ts';
import type { Role } from '../roles.ts';
import { CI_PROVIDERS } from './ci-identity.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** What a CI job can be let do. Who may do what, approvals and the state of the whole are for people. */
const GRANTABLE = [
  'ci',
  'artifact:push',
  'artifact:read',
  'release:read',
  'release:request',
  'release:rollback',
  'release:delete',
  'release:cancel',
  'hook:send',
  'policy:read',
] as const satisfies readonly (Action | Role)[];

const MOST_PATTERNS = 20;
/** What is granted travels in each request's context, so it may not be large. */
const MOST_GRANT_BYTES = 800;
const required = (what: string) => ({ error: `is required: ${what}` });
const id = (what: string) =>
  z
    .union([z.string(), z.number().int()], required(what))
    .transform(String)
    .pipe(z.string().regex(/^\d{1,20}$/, `must be a number: ${what}`));
const glob = checkedText(globProblem, 250);
const globs = (what: string) => z.array(glob, required(what)).min(1, `must name ${what}`).max(MOST_PATTERNS);
const url = (what: string) =>
  z
    .string(required(what))
    .max(500)
    .refine(isHttpsOrLoopback, `must be an https URL without user, query and fragment: ${what}`);

/** PUT /api/trust/{name}. */
export const trustBody = z
  .strictObject({
    provider: z.enum(CI_PROVIDERS, required('github or gitlab')),
    issuer: url('who issues the identities, e.g. https://token.actions.githubusercontent.com'),
    audience: z.string(required('whom the tokens are for, the URL of this server')).min(1).max(500),
    repository: z
      .string(required('e.g. owner/repo'))
      .regex(/^[^\s/]+(\/[^\s/]+)+$/, 'must be owner/repo')
      .max(250),
    repositoryId: id('the number of the repository, which is never given to another'),
    ownerId: id('the number of its owner, which is never given to another'),
    workflow: z
      .string(required('the file that defines the job, e.g. .github/workflows/release.yml'))
      .max(250)
      .regex(/^[^@\s]+$/, 'must be the path of a file, without spaces and @'),
    refs: globs("refs such as 'refs/heads/main' or 'refs/tags/v*'").refine(
      (refs) => refs.every((ref) => /^(refs\/|\*)/.test(ref)),
      "must be fully qualified: 'refs/heads/main', not 'main'",
    ),
    events: z
      .array(z.string().regex(/^[a-z_]{1,50}$/))
      .min(1)
      .max(MOST_PATTERNS)
      .default(['push']),
    environment: z.string().min(1).max(250).optional(),
    actions: z
      .array(z.enum(GRANTABLE, { error: `must be of ${GRANTABLE.join(', ')}` }))
      .min(1)
      .max(GRANTABLE.length)
      .default(['artifact:push']),
    apps: globs("the apps that it may push, such as 'shop' or 'shop-*'"),
    environments: z.array(glob).max(MOST_PATTERNS).default(['*']),
  })
  .refine(({ apps, environments }) => JSON.stringify([apps, environments]).length <= MOST_GRANT_BYTES, {
    path: ['apps'],
    error: `must be, with the environments, at most ${MOST_GRANT_BYTES} bytes: use a glob, or two trust policies`,
  });

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws InvalidInputError `bad-trust` naming every field that is wrong. */
export function parseTrustPolicy(name: string, document: unknown): TrustPolicy {
  if (!NAME.test(name)) {
    throw new InvalidInputError(
      'bad-trust',
      `'${name.slice(0, 80)}' can't be the name of a trust policy: take 1 to 63 lower-case letters, digits and '-'.`,
    );
  }
  const parsed = trustBody.safeParse(document);
  if (parsed.success) {
    const { environment, ...rest } = parsed.data;
    return { name, ...rest, ...(environment !== undefined && { environment }) };
  }
  const errors = fieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path || 'the body'}: ${message}`).join('; ');
  throw new InvalidInputError('bad-trust', `The trust policy is not right: ${list}`, errors);
}

function isHttpsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  const plain = username === '' && password === '' && search === '' && hash === '';
  return plain && (protocol === 'https:' || (protocol === 'http:' && isLoopback(text)));
}

/** This machine itself: for trying things out; who verifies refuses it elsewhere. */
function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

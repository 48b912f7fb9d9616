import * as z from 'zod';
import { ACTIONS, type Action } from '../access/actions.ts';
import { type ApiToken, DAY_MS, MAX_TOKEN_AGE_MS, tokenExpiry, tokenState } from '../access/api-token.ts';
import type { Caller, Grant } from '../access/principal.ts';
import { ROLE_ASKS, roleGrants } from '../access/role-grants.ts';
import { ROLES } from '../access/roles.ts';
import { checkedText } from '../manifest/checked-text.ts';
import { globProblem } from '../manifest/glob.ts';

/** Grants travel in each request's context, so they may not be large. */
const MOST_GRANTS_BYTES = 4_000;

const pattern = checkedText(globProblem, 200);
const patterns = z.array(pattern).min(1).max(50);
const named = z.enum([...ACTIONS, ...ROLES], {
  error: `must be a role (${ROLES.join(', ')}) or an action (${ACTIONS.join(', ')})`,
});

const grantBody = z.strictObject({
  actions: z.array(named).min(1).max(50),
  apps: patterns,
  environments: patterns,
  repositories: patterns,
  artifacts: z.array(z.string().min(1).max(200)).min(1).max(20).exactOptional(),
});

const age = z
  .number()
  .int()
  .min(60, 'must be a minute at least')
  .max(MAX_TOKEN_AGE_MS / 1000, `must be ${MAX_TOKEN_AGE_MS / DAY_MS} days at most`)
  .optional();

/** Who or what a token is for. */
export const tokenName = z
  .string({ error: 'is required: who or what will have it' })
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]*$/u, 'must hold no control characters');

/** POST /api/tokens: a role and where it is to be had, or grants. */
export const tokenBody = z
  .strictObject({
    name: tokenName,
    role: z
      .enum(ROLES as [(typeof ROLES)[number]], { error: `must be one of ${ROLES.join(', ')}` })
      .optional(),
    apps: patterns.optional(),
    environments: patterns.optional(),
    repositories: patterns.optional(),
    grants: z.array(grantBody).min(1).max(20).optional(),
    expiresInSeconds: age,
  })
  .transform(({ name, role, grants, expiresInSeconds, ...where }, context) => {
    const issue = (path: string, message: string): never => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    const isScoped = Object.values(where).some((scope) => scope !== undefined);
    if ((role === undefined) === (grants === undefined)) {
      return issue('role', 'is required, or grants in its place; not both');
    }
    if (grants !== undefined && isScoped)
      return issue('grants', 'say themselves for what they are: leave the rest out');
    if (role === 'admin' && isScoped) return issue('role', 'admin is for everything: leave the rest out');
    const missing = role && ROLE_ASKS[role].find((scope) => where[scope] === undefined);
    if (missing !== undefined) {
      return issue(missing, `is required with the role ${role}: names or globs; * stands for all of them`);
    }
    const given: readonly Grant[] = grants ?? (role ? roleGrants({ role, ...definedScopes(where) }) : []);
    if (JSON.stringify(given).length > MOST_GRANTS_BYTES) {
      return issue('grants', `must be ${MOST_GRANTS_BYTES} bytes at most: use globs`);
    }
    return { name, grants: given, ...(expiresInSeconds !== undefined && { ageMs: expiresInSeconds * 1000 }) };
  });

interface Scopes {
  readonly apps?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly repositories?: readonly string[] | undefined;
}

function definedScopes({ apps, environments, repositories }: Scopes) {
  return {
    ...(apps && { apps }),
    ...(environments && { environments }),
    ...(repositories && { repositories }),
  };
}

/** POST /api/tokens/{id}/rotate */
export const rotateBody = z.strictObject({
  /** Seconds for which the secret before it goes on. */
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400, 'must be 7 days at most')
    .default(86_400),
  expiresInSeconds: age,
});

const grantAnswer = z.looseObject({
  actions: z.array(z.string()),
  apps: z.array(z.string()),
  environments: z.array(z.string()),
  repositories: z.array(z.string()),
  artifacts: z.array(z.string()).optional(),
});

/** Each of GET /api/tokens; never with what its holder has. Times are unix seconds. */
export const tokenAnswer = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  grants: z.array(grantAnswer),
  created: z.number().int(),
  createdBy: z.string(),
  expires: z.number().int(),
  lastUsed: z.number().int().optional(),
  revoked: z.number().int().optional(),
  revokedBy: z.string().optional(),
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;
export const tokensAnswer = z.array(tokenAnswer);

/** POST /api/tokens and /api/tokens/{id}/rotate: this once with the token itself. */
export const issuedTokenAnswer = tokenAnswer.extend({ token: z.string() });
export type IssuedTokenAnswer = z.infer<typeof issuedTokenAnswer>;

/** GET /api/user: who calls. */
export const userAnswer = z.looseObject({
  /** As older clients call the name. */
  login: z.string(),
  name: z.string(),
  kind: z.enum(['token', 'workload']),
  id: z.string(),
  grants: z.array(grantAnswer),
});
export type UserAnswer = z.infer<typeof userAnswer>;

export function toTokenAnswer(token: ApiToken, now: number, lastUse?: number): TokenAnswer {
  const { id, grants, createdAt, createdBy, revokedAt, revokedBy } = token;
  return {
    id,
    name: token.name,
    state: tokenState(token, now),
    grants: grants.map(toGrantAnswer),
    created: seconds(createdAt),
    createdBy,
    expires: seconds(tokenExpiry(token)),
    ...(lastUse !== undefined && { lastUsed: seconds(lastUse) }),
    ...(revokedAt !== undefined && { revoked: seconds(revokedAt) }),
    ...(revokedBy !== undefined && { revokedBy }),
  };
}

export function toUserAnswer({ kind, id, name, grants }: Caller): UserAnswer {
  return { login: name, name, kind, id, grants: grants.map(toGrantAnswer) };
}

function toGrantAnswer({ actions, apps, environments, repositories, artifacts }: Grant) {
  return {
    actions: [...actions] as (Action | string)[],
    apps: [...apps],
    environments: [...environments],
    repositories: [...repositories],
    ...(artifacts && { artifacts: [...artifacts] }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

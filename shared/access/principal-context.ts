import * as z from 'zod';
import { ACTIONS, type Action } from './actions.ts';
import { NOBODY, type Principal } from './principal.ts';
import { ROLES, type Role } from './roles.ts';
import { REFUSAL_CODES } from './trust/refusal.ts';

const NAMED: ReadonlySet<string> = new Set([...ACTIONS, ...ROLES]);
const patterns = z.array(z.string());

const grantSchema = z.strictObject({
  actions: z.array(z.custom<Action | Role>((text) => typeof text === 'string' && NAMED.has(text))),
  apps: patterns,
  environments: patterns,
  repositories: patterns,
  artifacts: patterns.exactOptional(),
});

const text = z.string().min(1);
const identitySchema = z.strictObject({
  issuer: text,
  audience: text,
  tokenId: text,
  expiresAt: z.number(),
  repository: text,
  repositoryId: text,
  ownerId: text,
  event: text,
  ref: text,
  sha: text,
  workflow: z.strictObject({ path: text, ref: text }).exactOptional(),
  environment: text.exactOptional(),
  built: z.discriminatedUnion('event', [
    z.strictObject({ event: z.literal('push'), branch: text }),
    z.strictObject({ event: z.literal('tag'), tag: text }),
    z.strictObject({ event: z.literal('pr'), branch: text, targetBranch: text.exactOptional() }),
  ]),
});

const callerSchema = z.strictObject({
  kind: z.enum(['token', 'workload']),
  id: z.string().min(1),
  name: z.string().min(1),
  grants: z.array(grantSchema),
  identity: identitySchema.exactOptional(),
});

const refusedSchema = z.strictObject({
  kind: z.literal('none'),
  refusal: z.strictObject({ code: z.enum(REFUSAL_CODES), message: z.string() }),
});
const principalSchema = z.union([callerSchema, refusedSchema]);

/** How the authorizer tells handlers who calls: as text in API Gateway's authorizer context. */
export function encodePrincipal(principal: Principal): string {
  return principal.kind === 'none' && !principal.refusal ? '' : JSON.stringify(principal);
}

/** What the authorizer found out; anything unexpected is nobody. */
export function decodePrincipal(context: unknown): Principal {
  if (typeof context !== 'string' || context === '') return NOBODY;
  try {
    return principalSchema.parse(JSON.parse(context));
  } catch {
    return NOBODY;
  }
}

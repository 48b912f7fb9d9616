import * as z from 'zod';
import { ACTIONS, type Action } from './actions.ts';
import { NOBODY, type Principal } from './principal.ts';
import { ROLES, type Role } from './roles.ts';

const NAMED: ReadonlySet<string> = new Set([...ACTIONS, ...ROLES]);
const patterns = z.array(z.string());

const grantSchema = z.strictObject({
  actions: z.array(z.custom<Action | Role>((text) => typeof text === 'string' && NAMED.has(text))),
  apps: patterns,
  environments: patterns,
  repositories: patterns,
  artifacts: patterns.exactOptional(),
});

const callerSchema = z.strictObject({
  kind: z.enum(['token', 'workload']),
  id: z.string().min(1),
  name: z.string().min(1),
  grants: z.array(grantSchema),
});

/** How the authorizer tells handlers who calls: as text in API Gateway's authorizer context. */
export function encodePrincipal(principal: Principal): string {
  return principal.kind === 'none' ? '' : JSON.stringify(principal);
}

/** What the authorizer found out; anything unexpected is nobody. */
export function decodePrincipal(context: unknown): Principal {
  if (typeof context !== 'string' || context === '') return NOBODY;
  try {
    return callerSchema.parse(JSON.parse(context));
  } catch {
    return NOBODY;
  }
}

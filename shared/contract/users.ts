import * as z from 'zod';
import type { ApiToken } from '../access/api-token.ts';
import type { Grant } from '../access/principal.ts';
import { roleGrants } from '../access/role-grants.ts';
import { tokenName } from './tokens.ts';

/** POST /api/user, for clients that know users only. */
export const userBody = z.object({
  login: tokenName,
  admin: z.boolean().default(false),
});

/** GET /api/user/{login}. */
export const showUserQuery = z.object({
  withToken: z
    .string()
    .optional()
    .describe('Asked for by older clients: a token is told when it is made, and never again'),
});

/** GET /api/users and /api/user/{login}: whoever has a token that is good. */
export const namedUserAnswer = z.looseObject({
  login: z.string(),
  /** May do everything. */
  admin: z.boolean(),
  /** Ids of the tokens. */
  tokens: z.array(z.string()),
});
type NamedUserAnswer = z.infer<typeof namedUserAnswer>;
export const namedUsersAnswer = z.array(namedUserAnswer);

/** POST /api/user: this once with the token itself. */
export const newUserAnswer = namedUserAnswer.extend({ token: z.string() });
export type NewUserAnswer = z.infer<typeof newUserAnswer>;

/** What users of such clients could always do: push, and release wherever nothing is protected; admins everything. */
export function userGrants(admin: boolean): Grant[] {
  if (admin) return roleGrants({ role: 'admin' });
  return [...roleGrants({ role: 'ci' }), ...roleGrants({ role: 'engineer' })];
}

export function toNamedUserAnswer(login: string, tokens: readonly ApiToken[]): NamedUserAnswer {
  const admin = tokens.some(({ grants }) => grants.some(({ actions }) => actions.includes('admin')));
  return { login, admin, tokens: tokens.map(({ id }) => id) };
}

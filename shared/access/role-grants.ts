import { EVERYTHING } from './authenticate.ts';
import { EVERY_ENVIRONMENT } from './grant-covers.ts';
import type { Grant } from './principal.ts';
import type { Role } from './roles.ts';

/** A role, and where it is to be had. */
export interface RoleOrder {
  readonly role: Role;
  readonly apps?: readonly string[];
  readonly environments?: readonly string[];
  readonly repositories?: readonly string[];
}

/** What must be said with a role: for whom it is too wide a thing to be taken for granted. */
export const ROLE_ASKS: Readonly<Record<Role, readonly ('apps' | 'repositories')[]>> = {
  reader: [],
  ci: ['apps', 'repositories'],
  hooks: ['repositories'],
  engineer: ['apps'],
  approver: [],
  operator: [],
  admin: [],
};

const ALL_OR_NONE: readonly Role[] = ['approver', 'operator'];

/**
 * The grants of a role. What it reads it reads in every environment; what it changes it changes in those that are
 * named, else in all that are not protected (approvers and operators: in all). An admin may do everything everywhere.
 */
export function roleGrants({ role, apps = ['*'], environments, repositories = ['*'] }: RoleOrder): Grant[] {
  if (role === 'admin') return [EVERYTHING];
  const reads: Grant = { actions: ['reader'], apps, environments: [EVERY_ENVIRONMENT], repositories };
  if (role === 'reader') return [environments === undefined ? reads : { ...reads, environments }];
  if (role === 'hooks') return [{ actions: ['hooks'], apps: ['*'], environments: ['*'], repositories }];
  const standard = ALL_OR_NONE.includes(role) ? [EVERY_ENVIRONMENT] : ['*'];
  return [{ actions: [role], apps, environments: environments ?? standard, repositories }, reads];
}

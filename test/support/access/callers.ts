import type { Caller } from '../../../shared/access/principal.ts';
import { type RoleOrder, roleGrants } from '../../../shared/access/role-grants.ts';

/** What a grant of one app says. */
export const ofShop = { apps: ['shop'], repositories: ['acme/shop'] };

/** A caller whose token has these roles. */
export function by(...orders: readonly RoleOrder[]): Caller {
  const name = orders.map(({ role }) => role).join('-');
  return { kind: 'token', id: name, name, grants: orders.flatMap((order) => roleGrants(order)) };
}

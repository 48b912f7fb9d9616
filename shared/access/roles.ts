import { ACTIONS, type Action } from './actions.ts';

const READS = ['artifact:read', 'release:read', 'policy:read'] as const satisfies readonly Action[];

/** Names for sets of actions; apps, environments and repositories are up to the grant that has the role. */
const ROLE_ACTIONS = {
  /** Looks at everything that is released, and changes nothing. */
  reader: READS,
  /** Pushes artifacts of its apps and follows what becomes of them. */
  ci: ['artifact:push', 'artifact:read', 'release:read'],
  /** Tells of deleted branches: whatever app they have previews of, those go. */
  hooks: ['hook:send'],
  /** Releases, rolls back, promotes, deletes and cancels. */
  engineer: [
    ...READS,
    'release:request',
    'release:rollback',
    'release:delete',
    'release:cancel',
    'drift:reconcile',
  ],
  /** Approves or rejects what others want released. */
  approver: [...READS, 'release:approve'],
  /** Keeps policies, holds, settings and the system itself. */
  operator: [
    ...READS,
    'policy:write',
    'hold:write',
    'freeze:override',
    'drift:reconcile',
    'kill-switch:write',
    'settings:read',
    'settings:write',
    'operations:read',
    'operations:write',
    'audit:read',
    'hook:send',
  ],
  /** Everything, tokens and trust among it. */
  admin: ACTIONS,
} as const satisfies Readonly<Record<string, readonly Action[]>>;

export type Role = keyof typeof ROLE_ACTIONS;

export const ROLES = Object.keys(ROLE_ACTIONS) as readonly Role[];

/** Whether what a grant names, an action or a role, covers an action. */
export function includesAction(named: Action | Role, action: Action): boolean {
  const ofRole: readonly Action[] | undefined = ROLE_ACTIONS[named as Role];
  return ofRole === undefined ? named === action : ofRole.includes(action);
}

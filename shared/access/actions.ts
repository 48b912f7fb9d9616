/** What can be asked of the API. `read` actions change nothing. */
export const ACTIONS = [
  'user:read',
  'artifact:push',
  'artifact:read',
  'release:read',
  'release:request',
  'release:rollback',
  'release:delete',
  'release:cancel',
  'release:approve',
  'drift:reconcile',
  'freeze:override',
  'hook:send',
  'policy:read',
  'policy:write',
  'hold:write',
  'kill-switch:write',
  'settings:read',
  'settings:write',
  'operations:read',
  'operations:write',
  'audit:read',
  'token:read',
  'token:write',
  'trust:read',
  'trust:write',
] as const;

export type Action = (typeof ACTIONS)[number];

/** What whoever has a valid credential may ask, without a grant of it. */
const OF_EVERY_CALLER: ReadonlySet<Action> = new Set(['user:read']);

export function isOfEveryCaller(action: Action): boolean {
  return OF_EVERY_CALLER.has(action);
}

import { UnauthenticatedError } from '../errors/errors.ts';
import type { Principal } from './principal.ts';

/** What can be asked of the API; some of it anybody may ask. */
export type Action =
  | 'describe'
  | 'artifact:push'
  | 'artifact:read'
  | 'release:request'
  | 'release:read'
  | 'freeze:override'
  | 'hook:send'
  | 'policy:read'
  | 'policy:write'
  | 'drift:reconcile';

const OPEN: ReadonlySet<Action> = new Set(['describe']);

/**
 * Whether a principal may do what it asks; answers the name that goes into records.
 * @throws UnauthenticatedError `unauthenticated`.
 */
export function authorize(principal: Principal, action: Action): string {
  if (principal.kind === 'admin') return principal.name;
  if (OPEN.has(action)) return 'anonymous';
  throw new UnauthenticatedError(
    'unauthenticated',
    'This needs a token: send `Authorization: Bearer <token>` (with the CLI: --token or GIMLET_TOKEN).',
  );
}

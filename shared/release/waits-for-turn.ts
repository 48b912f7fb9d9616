import type { Release } from './release.ts';

/**
 * Whether a release has all that it needs to be written but its turn: of an environment that keeps all, it is ready
 * only when those before it have ended.
 */
export function waitsForTurn({ inLine, state, change, bundle }: Release): boolean {
  if (inLine !== true) return false;
  if (change.kind === 'deploy') return state === 'rendering' && bundle !== undefined;
  return state === 'queued';
}

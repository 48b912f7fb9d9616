import type { Controls } from '../policy/gates.ts';
import type { ReleaseChange } from './release.ts';
import type { RequestKind } from './request.ts';

/** A restriction says which branches an environment takes; a delete takes none. All else binds it too. */
export function bindingControls(kind: RequestKind | ReleaseChange['kind'], controls: Controls): Controls {
  return kind === 'delete' ? { ...controls, restrictions: [] } : controls;
}

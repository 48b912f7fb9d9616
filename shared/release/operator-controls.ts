import type { Controls } from '../policy/gates.ts';
import type { ControlsReader } from './ports.ts';
import type { Settings } from './settings.ts';

/** What people have switched, and the restrictions of the operator's settings beside it: those nobody can lift. */
export function operatorControls(
  stored: ControlsReader,
  settings: Pick<Settings, 'branchRestrictions'>,
): ControlsReader {
  return {
    async read(env): Promise<Controls> {
      const controls = await stored.read(env);
      const fixed = restrictionsOf(settings, env);
      return { ...controls, restrictions: [...fixed, ...controls.restrictions] };
    },
  };
}

/** The restrictions that the operator's settings have for an environment. */
export function restrictionsOf(
  { branchRestrictions }: Pick<Settings, 'branchRestrictions'>,
  env: string,
): Controls['restrictions'] {
  return branchRestrictions
    .filter((restriction) => restriction.env === undefined || restriction.env === env)
    .map(({ branchPattern, app }) => ({ branchPattern, ...(app !== undefined && { app }) }));
}

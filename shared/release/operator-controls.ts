import type { Controls } from '../policy/gates.ts';
import type { ControlsReader } from './ports.ts';
import type { Settings } from './settings.ts';

/** What people have switched, and the restrictions of the operator's settings beside it: those nobody can lift. */
export function operatorControls(
  stored: ControlsReader,
  settings: Pick<Settings, 'branchRestrictions'>,
): ControlsReader {
  const withFixed = (env: string, controls: Controls): Controls => ({
    ...controls,
    restrictions: [...restrictionsOf(settings, env), ...controls.restrictions],
  });
  return {
    read: async (env) => withFixed(env, await stored.read(env)),
    async readMany(environments) {
      const read = await stored.readMany(environments);
      return new Map([...read].map(([env, controls]) => [env, withFixed(env, controls)]));
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

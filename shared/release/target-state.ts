import type { TargetState } from '../policy/evaluate-manifest.ts';
import type { PolicyReader } from '../policy/ports.ts';
import type { ControlsReader, Targets } from './ports.ts';
import type { TargetName } from './release.ts';
import { approvalRule, automaticReleasesPerHour, isProtected, type Settings, teamsOf } from './settings.ts';

export interface StatePorts {
  readonly policies: PolicyReader;
  readonly targets: Pick<Targets, 'getMany'>;
  readonly controls: ControlsReader;
  readonly settings: Pick<Settings, 'environments' | 'teams'>;
}

/** All that is kept and switched for some targets, in a few reads however many they are. */
export async function readStates(
  { policies, targets, controls, settings }: StatePorts,
  names: readonly TargetName[],
): Promise<(target: TargetName) => TargetState> {
  const environments = [...new Set(names.map(({ env }) => env))];
  const [stored, found, controlsOf] = await Promise.all([
    policies.ofTargets(names),
    targets.getMany(names),
    controls.readMany(environments),
  ]);
  const policiesOf = Map.groupBy(stored, keyOfPolicy);
  const targetOf = new Map(found.map((target) => [keyOf(target), target]));
  return (target) => {
    const known = controlsOf.get(target.env);
    if (!known) throw new Error(`the state of ${target.env}/${target.app} was not read`);
    return {
      policies: policiesOf.get(keyOf(target)) ?? [],
      hold: targetOf.get(keyOf(target))?.hold,
      controls: known,
      protected: isProtected(settings, target.env),
      teams: teamsOf(settings, target.app),
      ...approvalsOf(settings, target.env),
      ...rateOf(settings, target.env, targetOf.get(keyOf(target))?.automationTakenUntil),
    };
  };
}

/** How many approvals an environment asks for, as an evaluation wants to know it. */
export function approvalsOf(
  settings: Pick<Settings, 'environments'>,
  env: string,
): Pick<TargetState, 'approvals'> {
  const rule = approvalRule(settings, env);
  return rule ? { approvals: rule.required } : {};
}

function rateOf(
  settings: Pick<Settings, 'environments'>,
  env: string,
  takenUntil: number | undefined,
): Pick<TargetState, 'rate'> {
  const perHour = automaticReleasesPerHour(settings, env);
  if (perHour === undefined) return {};
  return { rate: { perHour, ...(takenUntil !== undefined && { takenUntil }) } };
}

function keyOf({ app, env }: TargetName): string {
  return JSON.stringify([env, app]);
}

function keyOfPolicy(policy: object): string {
  const { app = '', env = '' } = policy as Partial<TargetName>;
  return keyOf({ app, env });
}

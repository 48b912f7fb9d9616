import { may } from '../access/authorize.ts';
import { grantsAction } from '../access/grant-covers.ts';
import type { Principal } from '../access/principal.ts';
import { ALL, type EnvironmentName, EVERYWHERE, type Resource } from '../access/resource.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { manifestTargets } from '../policy/manifest-target.ts';
import type { Policy } from '../policy/policy.ts';
import type { TargetName } from './release.ts';
import { isProtected, type Settings, teamsOf } from './settings.ts';

/** What settings say of environments and apps, as far as grants are held against it. */
export type Protection = Pick<Settings, 'environments' | 'teams'>;

/** An environment as grants are held against it. */
export function environmentNamed(settings: Pick<Settings, 'environments'>, name: string): EnvironmentName {
  return { name, protected: isProtected(settings, name) };
}

/** A target; without an app what is asked of it is asked of some app in the environment. */
export function targetResource(
  settings: Protection,
  { app, env }: { readonly app?: string | undefined; readonly env: string },
  artifact?: string,
): Resource {
  return {
    env: environmentNamed(settings, env),
    ...(app !== undefined && ownedApp(settings, app)),
    ...(artifact !== undefined && { artifact }),
  };
}

/** An app, with the teams that own it. */
export function ownedApp(
  settings: Pick<Settings, 'teams'>,
  app: string | typeof ALL,
): Pick<Resource, 'app' | 'teams'> {
  const teams = app === ALL ? [] : teamsOf(settings, app);
  return teams.length === 0 ? { app } : { app, teams };
}

/** Whether a caller may look at what is released to a target, or of an artifact there. */
export function seesTarget(
  principal: Principal,
  settings: Protection,
  target: TargetName,
  artifact?: string,
): boolean {
  return may(principal, 'release:read', targetResource(settings, target, artifact));
}

/** Whether a caller may look at an artifact: it is of a repository of theirs, and has one of their apps or none. */
export function seesArtifact(
  principal: Principal,
  settings: Pick<Settings, 'teams'>,
  artifact: Artifact,
): boolean {
  const { id, version } = artifact;
  const ofRepository: Resource = { repository: version.repositoryName, artifact: id };
  if (may(principal, 'artifact:read', { ...ofRepository, app: ALL })) return true;
  const targets = manifestTargets(artifact);
  if (targets.length === 0) return may(principal, 'artifact:read', ofRepository);
  return targets.some(({ app }) =>
    may(principal, 'artifact:read', { ...ofRepository, ...ownedApp(settings, app) }),
  );
}

/** Whether a caller may look at every artifact, so that nobody has to look whether it may. */
export function seesAllArtifacts(principal: Principal): boolean {
  if (principal.kind === 'none') return false;
  return principal.grants.some(
    (grant) =>
      grantsAction(grant, 'artifact:read') &&
      [grant.apps, grant.repositories].every((patterns) => patterns.includes('*')) &&
      grant.artifacts === undefined,
  );
}

/** What a change of a policy concerns; who promotes to an environment changes that one, too. */
export function changedByPolicy(settings: Protection, policy: PolicyNames): Resource[] {
  const { kind, env, app, to } = policy;
  if (env === undefined || kind === 'stop-the-line') return [EVERYWHERE];
  const names = to === undefined ? [env] : [env, to];
  const concerned = ownedApp(settings, app ?? ALL);
  return names.map((name) => ({ ...concerned, env: environmentNamed(settings, name) }));
}

/** The names in a policy, or in its id. */
export interface PolicyNames {
  readonly kind?: string;
  readonly env?: string;
  readonly app?: string;
  readonly to?: string;
}

/** Whether a caller may look at a policy: what binds all apps or all environments is for everybody to see. */
export function seesPolicy(principal: Principal, settings: Protection, policy: Policy): boolean {
  const { env, app }: PolicyNames = policy;
  const ofEnvironment = env === undefined || env === '*' ? {} : targetResource(settings, { env, app });
  return may(principal, 'policy:read', ofEnvironment);
}

import { compileGlob } from '../manifest/glob.ts';
import type { Action } from './actions.ts';
import type { Grant } from './principal.ts';
import { ALL, type EnvironmentName, type Resource } from './resource.ts';
import { includesAction } from './roles.ts';

/** The pattern of every environment, the protected ones among them. */
export const EVERY_ENVIRONMENT = '**';

/** Whether a grant has an action for anything at all. */
export function grantsAction({ actions }: Grant, action: Action): boolean {
  return actions.some((named) => includesAction(named, action));
}

/** Whether a grant covers a resource, in each dimension that the resource has. */
export function coversResource(grant: Grant, resource: Resource): boolean {
  const { app, teams = [], env, repository, artifact } = resource;
  return (
    (app === undefined || coversName(grant.apps, app) || coversTeam(grant.apps, teams)) &&
    (env === undefined || coversEnvironment(grant.environments, env)) &&
    (repository === undefined || coversName(grant.repositories, repository)) &&
    coversArtifact(grant.artifacts, artifact)
  );
}

/** How a team is written among the apps of a grant; no app has such a name. */
export const TEAM = 'team:';

function coversTeam(patterns: readonly string[], teams: readonly string[]): boolean {
  return teams.some((team) => patterns.includes(TEAM + team));
}

function coversName(patterns: readonly string[], name: string | typeof ALL): boolean {
  return name === ALL ? patterns.some(isEverything) : matchesAny(patterns, name);
}

/** `*` and other globs never cover a protected environment: it has to be named, or all of them. */
function coversEnvironment(patterns: readonly string[], env: EnvironmentName | typeof ALL): boolean {
  if (patterns.includes(EVERY_ENVIRONMENT)) return true;
  if (env === ALL) return false;
  return env.protected ? patterns.includes(env.name) : matchesAny(patterns, env.name);
}

/** A grant for some artifacts covers nothing that is not of one of them. */
function coversArtifact(artifacts: readonly string[] | undefined, artifact: string | undefined): boolean {
  return artifacts === undefined || (artifact !== undefined && artifacts.includes(artifact));
}

function isEverything(pattern: string): boolean {
  return pattern === '*' || pattern === '**';
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => compileGlob(pattern).matches(text));
}

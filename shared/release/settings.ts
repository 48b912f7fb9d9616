import { InvalidInputError } from '../errors/errors.ts';
import { fieldErrors } from '../errors/field-errors.ts';
import { DEFAULT_RENDER, type RenderSettings } from '../manifest/render-settings.ts';
import { matchesPattern } from '../policy/pattern.ts';
import type { ApprovalRule } from './approval.ts';
import { type OwnLocation, type Settings, settingsSchema } from './settings-schema.ts';

export type { Settings };

/** The branch of a GitOps repo that an environment is written to, and how it is laid out there. */
export type GitOpsLocation = Omit<Settings['gitops'], 'pushesPerMinute' | 'engine'>;

/**
 * Reads settings from JSON.
 * @throws InvalidInputError naming every field that is wrong.
 */
export function parseSettings(json: string): Settings {
  const parsed = settingsSchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path || 'settings'}: ${message}`).join('; ');
  throw new InvalidInputError('bad-settings', `the settings are not right: ${list}`, errors);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new InvalidInputError('bad-settings', 'the settings are not JSON', [
      { path: '', message: 'must be a JSON object' },
    ]);
  }
}

/** Where an environment is written to: its own settings over the common ones. */
export function gitOpsLocation(settings: Settings, env: string): GitOpsLocation {
  const own = settings.environments[env]?.gitops ?? {};
  return {
    repo: own.repo ?? settings.gitops.repo,
    branch: own.branch ?? settings.gitops.branch,
    layout: own.layout ?? settings.gitops.layout,
  };
}

const GITHUB_PUSHES_PER_MINUTE = 6;

/** Most pushes to a repo in a minute; undefined where there is no limit. */
export function pushesPerMinute(settings: Settings, repo: string): number | undefined {
  const set = settingsOfRepo(settings, repo).find((location) => location.pushesPerMinute !== undefined);
  if (set?.pushesPerMinute !== undefined) return set.pushesPerMinute;
  return new URL(repo).hostname === 'github.com' ? GITHUB_PUSHES_PER_MINUTE : undefined;
}

/** Which engine writes to a repo. */
export function gitEngineOf(settings: Settings, repo: string): Settings['gitops']['engine'] {
  const set = settingsOfRepo(settings, repo).find((location) => location.engine !== undefined);
  return set?.engine ?? settings.gitops.engine;
}

/** What is set for a repo: where environments name it, then where it is the common one. */
function settingsOfRepo(settings: Settings, repo: string): OwnLocation[] {
  const own = Object.values(settings.environments).flatMap(({ gitops: location }) =>
    location ? [location] : [],
  );
  return [...own, settings.gitops].filter((location) => (location.repo ?? settings.gitops.repo) === repo);
}

/** How an environment is rendered: its own settings over its cluster's, over the defaults. */
export function renderSettings(settings: Settings, env: string): RenderSettings {
  const own = settings.environments[env];
  const { kubeVersion, apiVersions } = clusterOf(settings, env)?.cluster ?? {};
  return {
    kubeVersion: own?.kubeVersion ?? kubeVersion ?? DEFAULT_RENDER.kubeVersion,
    apiVersions: own?.apiVersions ?? apiVersions ?? DEFAULT_RENDER.apiVersions,
    allowClusterScoped: own?.allowClusterScoped ?? DEFAULT_RENDER.allowClusterScoped,
    allowOtherNamespaces: own?.allowOtherNamespaces ?? DEFAULT_RENDER.allowOtherNamespaces,
    allowPlainSecrets: own?.allowPlainSecrets ?? DEFAULT_RENDER.allowPlainSecrets,
  };
}

/** The cluster that an environment is in; undefined when its settings name none, or one that is not described. */
export function clusterOf(
  { clusters, environments }: Pick<Settings, 'clusters' | 'environments'>,
  env: string,
): { readonly name: string; readonly cluster: Settings['clusters'][string] } | undefined {
  const name = environments[env]?.cluster;
  const cluster = name === undefined ? undefined : clusters[name];
  return name === undefined || cluster === undefined ? undefined : { name, cluster };
}

type Environments = Pick<Settings, 'environments'>;

/** Whether an environment is protected: no grant for all environments covers it. */
export function isProtected({ environments }: Environments, env: string): boolean {
  return environments[env]?.protected ?? false;
}

/** Who must agree to a release to an environment; undefined where nobody must. */
export function approvalRule({ environments }: Environments, env: string): ApprovalRule | undefined {
  return environments[env]?.approvals;
}

/** How often automation may release an app to an environment; undefined where there is no limit. */
export function automaticReleasesPerHour({ environments }: Environments, env: string): number | undefined {
  return environments[env]?.automaticReleasesPerHour;
}

/** Whether older releases that are not yet written give way to newer ones, or each is written, in order. */
export function releaseMode({ environments }: Environments, env: string): 'latest' | 'keep-all' {
  return environments[env]?.releases ?? 'latest';
}

/** Who tells what a cluster made of a commit. */
export function feedbackOf({ environments }: Environments, env: string): 'flux' | 'none' {
  return environments[env]?.feedback ?? 'none';
}

/** Names of the teams that own an app, sorted. */
export function teamsOf({ teams }: Pick<Settings, 'teams'>, app: string): string[] {
  const owners = Object.entries(teams).filter(([, { apps }]) =>
    apps.some((glob) => matchesPattern(glob, app)),
  );
  return owners.map(([name]) => name).sort();
}

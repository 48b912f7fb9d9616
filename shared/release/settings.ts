import * as z from 'zod';
import { InvalidInputError } from '../errors/errors.ts';
import { globProblem } from '../manifest/glob.ts';
import type { RenderSettings } from '../manifest/render-settings.ts';
import { expressionProblem } from '../policy/expression.ts';
import { matchesPattern } from '../policy/pattern.ts';

const gitops = z.strictObject({
  /** HTTPS clone URL; the credential is in the secret store, never here. */
  repo: z.url(),
  branch: z.string().min(1).default('main'),
  /** `directories`: `<env>/<app>/`; `flat`: the repo holds one environment, `<app>/` is at its root. */
  layout: z.enum(['directories', 'flat']).default('directories'),
  /** `isomorphic-git` for a server that the fast engine can't work with: slower, and it reads all of the tree. */
  engine: z.enum(['smart-http', 'isomorphic-git']).default('smart-http'),
  /** Most pushes of a minute; GitHub asks for 6 and gets them unless told otherwise, other hosts have no limit. */
  pushesPerMinute: z.number().int().min(1).max(600).optional(),
});

/** An environment's own location: what it leaves out is as in the common one. */
const ownLocation = z.strictObject({
  repo: z.url().optional(),
  branch: z.string().min(1).optional(),
  layout: z.enum(['directories', 'flat']).optional(),
  engine: z.enum(['smart-http', 'isomorphic-git']).optional(),
  pushesPerMinute: z.number().int().min(1).max(600).optional(),
});
type OwnLocation = z.output<typeof ownLocation>;

/** What charts are rendered for. */
const kubernetes = {
  kubeVersion: z.string().optional(),
  apiVersions: z.array(z.string()).optional(),
};

/** A Kubernetes cluster; its environments are rendered for it unless they say otherwise. */
const cluster = z.strictObject({ description: z.string().max(500).optional(), ...kubernetes });

const environment = z.strictObject({
  gitops: ownLocation.optional(),
  /** The cluster that takes what is written here, by its name in `clusters`. */
  cluster: z.string().min(1).optional(),
  /** What needs more than a grant for every environment: see `isProtected`. */
  protected: z.boolean().optional(),
  /** `latest`: a release that is not yet written gives way to a newer one of its target; `keep-all`: each is written. */
  releases: z.enum(['latest', 'keep-all']).optional(),
  /** `flux`: the cluster tells what became of a commit; `none`: nobody does. */
  feedback: z.enum(['flux', 'none']).optional(),
  ...kubernetes,
  allowClusterScoped: z.boolean().optional(),
  allowOtherNamespaces: z.boolean().optional(),
  allowPlainSecrets: z.boolean().optional(),
});

const appGlob = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const problem = globProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** Who owns apps: those that any of its globs names. */
const team = z.strictObject({
  apps: z.array(appGlob).min(1).max(200),
  members: z.array(z.string().min(1).max(200)).max(1_000).default([]),
});

/** An environment, or all of them, takes only branches that match; nobody can lift it but the operator. */
const branchRestriction = z.strictObject({
  env: z.string().min(1).optional(),
  app: z.string().min(1).optional(),
  branchPattern: z.string().superRefine((text, context) => {
    const problem = expressionProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }),
});

/** The operator's settings: where environments live, how they are rendered, who the commits are from. */
const settingsSchema = z.strictObject({
  gitops,
  clusters: z.record(z.string(), cluster).default({}),
  environments: z.record(z.string(), environment).default({}),
  teams: z.record(z.string(), team).default({}),
  branchRestrictions: z.array(branchRestriction).max(100).default([]),
  bot: z
    .strictObject({ name: z.string().min(1), email: z.string().min(1) })
    .default({ name: 'GimletD', email: 'gimletd@localhost' }),
  /** Days after which the previews of a branch that had no artifact end. */
  previewMaxAgeDays: z.number().int().min(1).max(365).default(14),
  /** Writers that may run at once; each has its share of the repos. */
  writerLanes: z.number().int().min(1).max(10).default(1),
});
export type Settings = z.output<typeof settingsSchema>;

/** The branch of a GitOps repo that an environment is written to, and how it is laid out there. */
export type GitOpsLocation = Omit<Settings['gitops'], 'pushesPerMinute' | 'engine'>;

export const DEFAULT_RENDER: RenderSettings = {
  kubeVersion: '1.33.0',
  apiVersions: [],
  allowClusterScoped: false,
  allowOtherNamespaces: false,
  allowPlainSecrets: false,
};

/**
 * Reads settings from JSON.
 * @throws InvalidInputError naming every field that is wrong.
 */
export function parseSettings(json: string): Settings {
  const parsed = settingsSchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
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

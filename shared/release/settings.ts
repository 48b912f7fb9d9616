import * as z from 'zod';
import { InvalidInputError } from '../errors/errors.ts';
import type { RenderSettings } from '../manifest/render-settings.ts';
import { expressionProblem } from '../policy/expression.ts';

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

const environment = z.strictObject({
  gitops: ownLocation.optional(),
  kubeVersion: z.string().optional(),
  apiVersions: z.array(z.string()).optional(),
  allowClusterScoped: z.boolean().optional(),
  allowOtherNamespaces: z.boolean().optional(),
  allowPlainSecrets: z.boolean().optional(),
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
  environments: z.record(z.string(), environment).default({}),
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

/** How an environment is rendered: its own settings over the defaults. */
export function renderSettings(settings: Settings, env: string): RenderSettings {
  const own = settings.environments[env];
  return {
    kubeVersion: own?.kubeVersion ?? DEFAULT_RENDER.kubeVersion,
    apiVersions: own?.apiVersions ?? DEFAULT_RENDER.apiVersions,
    allowClusterScoped: own?.allowClusterScoped ?? DEFAULT_RENDER.allowClusterScoped,
    allowOtherNamespaces: own?.allowOtherNamespaces ?? DEFAULT_RENDER.allowOtherNamespaces,
    allowPlainSecrets: own?.allowPlainSecrets ?? DEFAULT_RENDER.allowPlainSecrets,
  };
}

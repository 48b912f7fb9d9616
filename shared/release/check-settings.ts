import type { FieldError } from '../errors/gimletd-error.ts';
import { gitOpsLocation, type Settings } from './settings.ts';

/**
 * What of settings does not fit together, though each field is right by itself: the cluster of an environment that
 * is not described, environments that are in each other's way, two answers for one repo.
 */
export function settingsProblems(settings: Settings): FieldError[] {
  return [...unknownClusters(settings), ...sharedLocations(settings), ...disagreements(settings)];
}

function unknownClusters({ clusters, environments }: Settings): FieldError[] {
  const known = Object.keys(clusters);
  return Object.entries(environments).flatMap(([env, { cluster }]) => {
    if (cluster === undefined || known.includes(cluster)) return [];
    const list = known.length === 0 ? 'none is described' : `those are ${known.join(', ')}`;
    return [{ path: `environments.${env}.cluster`, message: `'${cluster}' is not in clusters: ${list}` }];
  });
}

/**
 * An environment that is laid out flat has its branch to itself: its apps are directories beside those of the others.
 * Environments that are not described live at the common location, so that has a tenant, too.
 */
function sharedLocations(settings: Settings): FieldError[] {
  const described = Object.keys(settings.environments).map((env) => {
    const { repo, branch, layout } = gitOpsLocation(settings, env);
    return { env, layout, place: `${sameRepo(repo)}#${branch}` };
  });
  const { repo, branch, layout } = settings.gitops;
  const common = layout === 'directories' ? `${sameRepo(repo)}#${branch}` : undefined;
  return described.flatMap(({ env, layout: own, place }) => {
    if (own !== 'flat') return [];
    const others = described.filter((other) => other.env !== env && other.place === place);
    const names = others.map((other) => `'${other.env}'`);
    if (place === common) names.push('every environment that is not described');
    if (names.length === 0) return [];
    const words = `is flat, so it must have its branch to itself; ${names.join(', ')} would be there, too`;
    return [
      { path: `environments.${env}.gitops`, message: `${words}: give it a repo or a branch of its own` },
    ];
  });
}

/** What environments set of one repo they set alike. */
function disagreements({ gitops, environments }: Settings): FieldError[] {
  const seen = new Map<string, { readonly path: string; readonly value: unknown }>();
  return Object.entries(environments).flatMap(([env, { gitops: own = {} }]) =>
    (['engine', 'pushesPerMinute'] as const).flatMap((field) => {
      const value = own[field];
      if (value === undefined) return [];
      const path = `environments.${env}.gitops.${field}`;
      const key = `${sameRepo(own.repo ?? gitops.repo)} ${field}`;
      const first = seen.get(key) ?? { path, value };
      seen.set(key, first);
      return first.value === value
        ? []
        : [{ path, message: `is another than ${first.path}, of the same repo` }];
    }),
  );
}

/** Spellings of one repo as one. */
function sameRepo(repo: string): string {
  const { host, pathname } = new URL(repo);
  return `${host}${pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

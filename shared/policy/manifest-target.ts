import { type Artifact, artifactVariables, manifestsOf } from '../artifact/artifact.ts';
import { resolveNames } from '../manifest/resolve-manifest.ts';

/** What one manifest of an artifact is for, as far as that is known. */
export interface ManifestTarget {
  /** Of the manifest among the artifact's environments. */
  readonly index: number;
  /** As resolved, else as written. */
  readonly app: string;
  readonly env: string;
  /** Whether both names are what they resolve to, so that there is a target. */
  readonly known: boolean;
  /** Another manifest of the artifact is for the same target: neither can say what it is to become. */
  readonly duplicated: boolean;
}

/** The targets of an artifact's manifests, in their order; names are compared as they resolve. */
export function manifestTargets(artifact: Artifact): ManifestTarget[] {
  const variables = artifactVariables(artifact);
  const targets = manifestsOf(artifact).map((manifest, index) => {
    const { app, env } = resolveNames(manifest, variables);
    const known = app !== undefined && env !== undefined;
    return { index, app: app ?? manifest.app ?? '', env: env ?? manifest.env ?? '', known };
  });
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(nameOf(target), (counts.get(nameOf(target)) ?? 0) + 1);
  return targets.map((target) => {
    const named = target.app !== '' && target.env !== '';
    return { ...target, duplicated: named && (counts.get(nameOf(target)) ?? 0) > 1 };
  });
}

function nameOf({ app, env }: { readonly app: string; readonly env: string }): string {
  return JSON.stringify([env, app]);
}

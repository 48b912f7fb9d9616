import type { Manifest } from './manifest-schema.ts';
import type { Slug } from './slug.ts';

/** The chart of a resolved manifest: it has a name; what else it needs depends on where it comes from. */
export interface ResolvedChart {
  readonly name: string;
  readonly repository?: string;
  readonly version?: string;
}

/**
 * A manifest whose variables are filled in and whose names are checked: all that rendering needs to know. It has a
 * chart, raw manifests or both. What says *when* to release (`deploy`, `cleanup`, `preview`) is left behind.
 */
export interface ResolvedManifest {
  readonly app: Slug;
  readonly env: Slug;
  readonly namespace: Slug;
  readonly chart?: ResolvedChart;
  readonly values: Readonly<Record<string, unknown>>;
  /** Raw YAML documents. */
  readonly manifests?: string;
  readonly strategicMergePatches?: string;
  readonly json6902Patches?: NonNullable<Manifest['json6902Patches']>;
}

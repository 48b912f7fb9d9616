import type { Bundles } from '../release/ports.ts';
import type { Release } from '../release/release.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** The digest of the rendered files that a release put into its directory; undefined when it took it away. */
export function bundleOf({
  id,
  change,
  bundle,
}: Pick<Release, 'id' | 'change' | 'bundle'>): string | undefined {
  if (change.kind === 'delete') return undefined;
  if (change.kind === 'rollback') return change.bundle;
  if (bundle === undefined) throw new Error(`release ${id} was written without its files`);
  return bundle;
}

/** Rendered files by the digest they are kept under; none without one. */
export async function filesOf(
  bundles: Pick<Bundles, 'get'>,
  bundle: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  return bundle === undefined ? NONE : bundles.get(bundle);
}

import { planRender, type RenderPorts } from '../manifest/plan-render.ts';
import { renderManifest } from '../manifest/render-manifest.ts';
import type { ResolvedManifest } from '../manifest/resolved-manifest.ts';
import type { Bundles } from './ports.ts';
import type { Release } from './release.ts';

/** Rendered files that are kept. */
export interface KeptRender {
  /** Digest of the files. */
  readonly bundle: string;
  /** Size of the files together. */
  readonly bundleBytes: number;
}

/** What each rendering came to, by the key of its plan. */
export interface RenderCache {
  find(key: string): Promise<KeptRender | undefined>;
  /** To be put after the bundle: who finds it finds the files. */
  put(key: string, render: KeptRender): Promise<void>;
}

export interface RenderOncePorts extends RenderPorts {
  readonly bundles: Bundles;
  readonly renders: RenderCache;
}

/**
 * Renders a manifest and keeps its files; what was rendered before, for whichever release, runs no helm.
 * @throws as planRender and renderManifest
 */
export async function renderOnce(
  resolved: ResolvedManifest,
  ports: RenderOncePorts,
): Promise<KeptRender & Pick<Release, 'chart'>> {
  const plan = await planRender(resolved, ports);
  const chart = plan.chart && { chart: plan.chart };
  const known = await ports.renders.find(plan.key);
  if (known) return { ...known, ...chart };
  const { files } = await renderManifest(plan, ports);
  const kept = { bundle: await ports.bundles.put(files), bundleBytes: sizeOf(files) };
  await ports.renders.put(plan.key, kept);
  return { ...kept, ...chart };
}

function sizeOf(files: ReadonlyMap<string, string>): number {
  return [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

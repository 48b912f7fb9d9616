import type { ChartIdentity, ChartSource } from './chart-source.ts';
import type { Helm } from './helm.ts';
import type { Kustomize } from './patch/kustomize.ts';
import { renderKey } from './render-key.ts';
import type { RenderSettings } from './render-settings.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';

export interface RenderPorts {
  readonly charts: ChartSource;
  readonly helm: Helm;
  readonly kustomize: Kustomize;
  readonly settings: RenderSettings;
}

/** A rendering that is known in full but not done yet. */
export interface RenderPlan {
  readonly resolved: ResolvedManifest;
  /** Which chart its reference came to. */
  readonly chart?: ChartIdentity;
  /** The same for all renderings that come to the same files. */
  readonly key: string;
}

/**
 * Finds out all that a rendering depends on, without running helm or kustomize.
 * @throws whatever ChartSource says
 */
export async function planRender(resolved: ResolvedManifest, ports: RenderPorts): Promise<RenderPlan> {
  const { charts, helm, kustomize, settings } = ports;
  const chart = resolved.chart && (await charts.identify(resolved.chart));
  const tools = {
    ...(chart && { helm: await helm.version() }),
    ...(hasPatches(resolved) && { kustomize: await kustomize.version() }),
  };
  const key = renderKey({ resolved, settings, tools, ...(chart && { chart }) });
  return { resolved, key, ...(chart && { chart }) };
}

export function hasPatches({ strategicMergePatches, json6902Patches }: ResolvedManifest): boolean {
  return strategicMergePatches !== undefined || json6902Patches !== undefined;
}

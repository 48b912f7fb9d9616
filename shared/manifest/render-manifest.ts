import type { ChartIdentity, ChartSource } from './chart-source.ts';
import type { Helm } from './helm.ts';
import type { RenderSettings } from './render-settings.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';

export interface RenderedManifest {
  /** File name → text, sorted by name: one file per chart template; raw manifests are `manifest.yaml`. */
  readonly files: ReadonlyMap<string, string>;
  /** Which chart it was rendered from. */
  readonly chart?: ChartIdentity;
}

export interface RenderPorts {
  readonly charts: ChartSource;
  readonly helm: Helm;
  readonly settings: RenderSettings;
}

export type RenderManifest = (resolved: ResolvedManifest, ports: RenderPorts) => Promise<RenderedManifest>;

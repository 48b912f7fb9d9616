import { expandPreview } from '../manifest/expand-preview.ts';
import { manifestSchema } from '../manifest/manifest-schema.ts';
import { planRender, type RenderPorts } from '../manifest/plan-render.ts';
import { type RenderedManifest, renderManifest } from '../manifest/render-manifest.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { ResolvedManifest } from '../manifest/resolved-manifest.ts';

/** Rendering as the server does it, for a client that does it itself. */
export { chartMetadata } from '../manifest/archive/chart-metadata.ts';
export { checkChartArchive } from '../manifest/archive/check-chart-archive.ts';
export { packChart } from '../manifest/archive/pack-chart.ts';
export type { ChartIdentity, ChartSource } from '../manifest/chart-source.ts';
export { fetchedCharts } from '../manifest/fetched-charts.ts';
export type { RenderPorts } from '../manifest/plan-render.ts';
export type { RenderedManifest } from '../manifest/render-manifest.ts';
export type { RenderSettings } from '../manifest/render-settings.ts';
export { variableNames } from '../manifest/variable-names.ts';

/**
 * Renders an environment of an artifact as it would be released.
 * @throws ZodError when it is no manifest; GimletdError as resolveManifest and renderManifest
 */
export async function renderEnvironment(
  document: unknown,
  variables: Readonly<Record<string, string>>,
  ports: RenderPorts,
): Promise<{ readonly resolved: ResolvedManifest; readonly rendered: RenderedManifest }> {
  const resolved = resolveManifest(expandPreview(manifestSchema.parse(document)), variables);
  return { resolved, rendered: await renderManifest(await planRender(resolved, ports), ports) };
}

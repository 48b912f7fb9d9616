import { artifactVariables, manifestsOf } from '../artifact/artifact.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { ArtifactReader } from './ports.ts';
import type { Release } from './release.ts';
import { type KeptRender, type RenderOncePorts, renderOnce } from './render-once.ts';
import { renderSettings, type Settings } from './settings.ts';

export interface RenderArtifactPorts extends Omit<RenderOncePorts, 'settings'> {
  readonly artifacts: ArtifactReader;
  readonly settings: Settings;
}

/**
 * Renders one manifest of a stored artifact, for a release of it or ahead of one.
 * @throws as resolveManifest, planRender and renderManifest
 */
export async function renderArtifact(
  ports: RenderArtifactPorts,
  { artifactId, manifestIndex }: { readonly artifactId: string; readonly manifestIndex: number },
): Promise<KeptRender & Pick<Release, 'chart'>> {
  const artifact = await ports.artifacts.get(artifactId);
  const manifest = artifact && manifestsOf(artifact)[manifestIndex];
  if (!artifact || !manifest) throw new Error(`artifact ${artifactId} has no manifest ${manifestIndex}`);
  const resolved = resolveManifest(manifest, artifactVariables(artifact));
  return renderOnce(resolved, { ...ports, settings: renderSettings(ports.settings, resolved.env) });
}

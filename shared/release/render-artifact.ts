import { artifactVariables, manifestsOf } from '../artifact/artifact.ts';
import { UnprocessableError } from '../errors/errors.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { ArtifactReader } from './ports.ts';
import type { Release } from './release.ts';
import { type KeptRender, type RenderOncePorts, renderOnce } from './render-once.ts';
import { renderSettings, type Settings } from './settings.ts';

export interface RenderArtifactPorts extends Omit<RenderOncePorts, 'settings'> {
  readonly artifacts: ArtifactReader;
  readonly settings: Settings;
}

/** Which manifest of which artifact; with the digest only if that is its content. */
export type RenderedManifest = Pick<Release, 'artifactId' | 'artifactDigest' | 'manifestIndex'>;

/**
 * Renders one manifest of a stored artifact, for a release of it or ahead of one.
 * @throws as resolveManifest, planRender and renderManifest; UnprocessableError `artifact-changed`
 */
export async function renderArtifact(
  ports: RenderArtifactPorts,
  { artifactId, artifactDigest, manifestIndex }: RenderedManifest,
): Promise<KeptRender & Pick<Release, 'chart'>> {
  const artifact = await ports.artifacts.get(artifactId);
  const manifest = artifact && manifestsOf(artifact)[manifestIndex];
  if (!artifact || !manifest) throw new Error(`artifact ${artifactId} has no manifest ${manifestIndex}`);
  if (artifactDigest !== undefined && artifactDigest !== artifact.digest) {
    throw new UnprocessableError(
      'artifact-changed',
      `Artifact '${artifactId}' has another content than when the release was made: ask for the release again.`,
    );
  }
  const resolved = resolveManifest(manifest, artifactVariables(artifact));
  return renderOnce(resolved, { ...ports, settings: renderSettings(ports.settings, resolved.env) });
}

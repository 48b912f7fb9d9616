import { type FieldError, GimletdError } from '../errors/gimletd-error.ts';
import { expandPreview } from '../manifest/expand-preview.ts';
import type { Manifest } from '../manifest/manifest-schema.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import { type RenderOncePorts, renderOnce } from './render-once.ts';
import { renderSettings, type Settings } from './settings.ts';

export interface CheckManifestPorts extends Omit<RenderOncePorts, 'settings'> {
  readonly settings: Settings;
}

/**
 * Renders a manifest as a release of it would be, and answers what is wrong; what comes out is kept for that release.
 * A manifest that lacks variables may be for another event, so nothing is said of it.
 * @throws GimletdError retryable ones only
 */
export async function checkManifest(
  ports: CheckManifestPorts,
  manifest: Manifest,
  variables: Readonly<Record<string, string>>,
): Promise<readonly FieldError[]> {
  try {
    const resolved = resolveManifest(expandPreview(manifest), variables);
    await renderOnce(resolved, { ...ports, settings: renderSettings(ports.settings, resolved.env) });
    return [];
  } catch (error) {
    if (!(error instanceof GimletdError) || error.retryable) throw error;
    if (error.code === 'variable-missing') return [];
    return error.errors.length > 0 ? error.errors : [{ path: '', message: error.message }];
  }
}

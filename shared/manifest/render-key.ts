import { createHash } from 'node:crypto';
import type { RenderSettings } from './render-settings.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';

/** Raised whenever this code makes other files of the same helm output. */
const RENDERER_VERSION = 1;

/**
 * Names what comes out of a rendering by all that goes in, so that a retry or a second release renders nothing.
 * The order of keys does not matter. `chartDigest` is undefined for a manifest without a chart.
 */
export function renderKey(
  resolved: ResolvedManifest,
  chartDigest: string | undefined,
  helmVersion: string,
  settings: RenderSettings,
): string {
  const inputs = { resolved, chartDigest, helmVersion, settings, renderer: RENDERER_VERSION };
  return createHash('sha256').update(canonicalJson(inputs)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => (isPlainObject(field) ? sortedKeys(field) : field));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedKeys(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

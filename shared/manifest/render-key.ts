import { createHash } from 'node:crypto';
import type { ChartIdentity } from './chart-source.ts';
import type { RenderSettings } from './render-settings.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';

/** Raised whenever this code makes other files of the same output of helm or kustomize. */
const RENDERER_VERSION = 2;

export interface RenderInputs {
  readonly resolved: ResolvedManifest;
  readonly settings: RenderSettings;
  /** None for raw manifests alone. */
  readonly chart?: ChartIdentity;
  /** Versions of the programs that are used; those that are not used don't count. */
  readonly tools: { readonly helm?: string; readonly kustomize?: string };
}

/**
 * Names what comes out of a rendering by all that goes in, so that a retry or a second release renders nothing.
 * The order of keys does not matter.
 */
export function renderKey({ resolved, settings, chart, tools }: RenderInputs): string {
  // What a chart is called and where it was found makes no difference to what is rendered: its bytes do.
  const { chart: _reference, ...manifest } = resolved;
  const inputs = { manifest, chart: chart?.digest, tools, settings, renderer: RENDERER_VERSION };
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

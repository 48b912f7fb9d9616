import type * as z from 'zod';
import type { DeployedSettings } from './deployed-settings.ts';
import { layered } from './layer-settings.ts';
import type { Settings } from './settings.ts';
import { type SettingsDocument, settingsSchema } from './settings-schema.ts';
import type { SettingsVersion, SettingsVersions } from './settings-version.ts';

/** The settings that hold now: the very same value as long as nothing has changed. */
export type SettingsReader = () => Promise<Settings>;

/** For so long a function goes by what it has read. */
export const SETTINGS_MEMORY_MS = 5_000;

/** What is stored, laid under what was deployed; read consistently, and remembered for a few seconds. */
export function settingsReader({
  deployed,
  versions,
  clock,
}: {
  readonly deployed: DeployedSettings;
  readonly versions: Pick<SettingsVersions, 'newest'>;
  readonly clock: () => number;
}): SettingsReader {
  let known: { readonly version: number; readonly settings: Settings } | undefined;
  let reading: Promise<Settings> | undefined;
  let until = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<Settings> => {
    const startedAt = clock();
    const newest = await versions.newest();
    const version = newest?.version ?? 0;
    if (known?.version !== version) known = { version, settings: effectiveSettings(deployed, newest) };
    until = startedAt + SETTINGS_MEMORY_MS;
    return known.settings;
  };
  return async () => {
    if (known && clock() < until) return known.settings;
    // Whoever asks meanwhile waits for the same answer.
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

/**
 * The settings that hold. What a newer release of the product has stored and this one does not know is passed over, so
 * that it can be taken back.
 * @throws Error when a stored field is one that this release does not take: it must not guess what was meant.
 */
export function effectiveSettings(
  deployed: DeployedSettings,
  stored: Pick<SettingsVersion, 'document' | 'version'> | undefined,
): Settings {
  if (stored === undefined) return deployed.settings;
  const document = layered(deployed.document, stored.document);
  const parsed = settingsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const again = settingsSchema.safeParse(withoutUnknown(document, parsed.error));
  if (again.success) return again.data;
  throw new Error(`version ${stored.version} of the settings can't be read: ${again.error.message}`);
}

function withoutUnknown(document: Partial<SettingsDocument>, { issues }: z.ZodError): unknown {
  const copy: unknown = structuredClone(document);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = issue.path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown>)[key],
      copy,
    );
    for (const key of issue.keys) delete (holder as Record<string, unknown>)[key];
  }
  return copy;
}

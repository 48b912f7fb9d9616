import type { SettingsDocument } from './settings-schema.ts';

/** One change of a setting; what it was or is is absent where it said nothing. */
export interface SettingsChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Settings as people stored them at one time: never changed, the next one takes its place. */
export interface SettingsVersion {
  /** From 1, without gaps. */
  readonly version: number;
  /** What they say beyond the deployed ones. */
  readonly document: Partial<SettingsDocument>;
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly changedAt: number;
  readonly changes: readonly SettingsChange[];
}

export interface SettingsVersions {
  /** Consistent; undefined when none was ever stored. */
  newest(): Promise<SettingsVersion | undefined>;
  /** Consistent. */
  get(version: number): Promise<SettingsVersion | undefined>;
  /** False when there is one of its number: somebody else was first. */
  append(version: SettingsVersion): Promise<boolean>;
  /** Newest first, those before a version. */
  list(options: { readonly limit: number; readonly before?: number }): Promise<SettingsVersion[]>;
}

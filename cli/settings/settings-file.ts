import { stringify } from 'yaml';
import type { SettingsAnswer } from '../../shared/contract/settings.ts';
import { CliError } from '../cli-error.ts';
import { timeText } from '../output/version-text.ts';
import { readYamlFile } from '../yaml-file.ts';

export interface SettingsFile {
  /** Of the stored settings that the file was made of; applied to no other. */
  readonly version?: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads settings from a file, YAML or JSON.
 * @throws CliError `no-such-file`, `bad-settings-file`.
 */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const document = await readYamlFile(path, badFile);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw badFile(path, ['it must be a map of settings']);
  }
  const { version, ...settings } = document as Record<string, unknown>;
  if (version === undefined) return { settings };
  if (typeof version === 'number' && Number.isInteger(version) && version >= 0) return { version, settings };
  throw badFile(path, [
    'version: must be the number that `gimlet admin settings show` wrote; leave it out to overwrite any',
  ]);
}

/** Settings as a file that can be changed and applied. */
export function formatSettings({
  version,
  changedBy,
  changedAt,
  settings,
  deployed,
}: SettingsAnswer): string {
  const who = changedBy === undefined ? 'none are stored' : `by ${changedBy}, ${timeText(changedAt ?? 0)}`;
  const fixed = Object.keys(deployed).join(', ');
  return [
    `# The settings that hold (${who}). What was deployed can't be changed here: see \`deployed\` of -o json.`,
    `# Deployed: ${fixed}.`,
    stringify({ version, ...settings }, { lineWidth: 0 }),
  ].join('\n');
}

function badFile(path: string, details: readonly string[]): CliError {
  return new CliError(`${path} holds no settings:`, { code: 'bad-settings-file', details });
}

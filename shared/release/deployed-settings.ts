import { InvalidInputError } from '../errors/errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import { settingsProblems } from './check-settings.ts';
import { parseSettings, type Settings } from './settings.ts';
import type { SettingsDocument } from './settings-schema.ts';

/** What the operator set when the product was deployed: nothing of it can be changed while it runs. */
export interface DeployedSettings {
  /** As it was written, without defaults: what it leaves open, others may say. */
  readonly document: SettingsDocument;
  readonly settings: Settings;
}

/** @throws InvalidInputError `bad-settings` naming all that is wrong: a function must not start with it. */
export function readDeployed(json: string): DeployedSettings {
  const settings = parseSettings(json);
  const problems = settingsProblems(settings);
  if (problems.length > 0) throw badSettings(problems);
  return { document: JSON.parse(json) as SettingsDocument, settings };
}

export function badSettings(errors: readonly FieldError[]): InvalidInputError {
  const list = errors.map(({ path, message }) => `${path || 'settings'}: ${message}`).join('; ');
  return new InvalidInputError('bad-settings', `the settings are not right: ${list}`, errors);
}

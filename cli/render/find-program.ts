import { access, constants } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';

export interface Program {
  readonly name: 'helm' | 'kubectl' | 'cue';
  /** What it is needed for. */
  readonly purpose: string;
  readonly install: string;
}

/**
 * The full path of a program: what `<NAME>_PATH` says, else the first on PATH.
 * @throws CliError that says how to install it.
 */
export async function findProgram({ name, purpose, install }: Program, env: World['env']): Promise<string> {
  const variable = `${name.toUpperCase()}_PATH`;
  const given = env[variable];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const onPath = folders.flatMap((folder) => suffixes.map((suffix) => resolve(folder, name + suffix)));
  for (const path of given ? [resolve(given)] : onPath) if (await isExecutable(path)) return path;
  throw new CliError(`${purpose} needs ${name}, which is not ${given ? `at ${given}` : 'on PATH'}.`, {
    code: 'missing-program',
    hint: `Install it (${install}), or set ${variable}.`,
  });
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

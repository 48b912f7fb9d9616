import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';
import { readInputFile } from './artifact-file.ts';
import { exportCue } from './cue-file.ts';
import { parseEnvironmentFile } from './environment-file.ts';

/**
 * The environments in a file: YAML documents, or CUE that comes to one environment, a list of them, or a list of them
 * called `configs`.
 * @throws CliError when it can't be read, or one of them is wrong.
 */
export async function readEnvironments(path: string, env: World['env']): Promise<Record<string, unknown>[]> {
  if (!path.endsWith('.cue')) {
    const text = await readInputFile(path, 'Check the path; it is relative to the working directory.');
    return parseEnvironmentFile(path, text);
  }
  const exported: unknown = JSON.parse(await exportCue(path, env));
  const environments = listOf(exported);
  if (environments.length === 0)
    throw new CliError(`${path} comes to no environment.`, { code: 'bad-environment-file' });
  // JSON is YAML: they are checked as if they had been written so.
  return environments.flatMap((one) => parseEnvironmentFile(path, JSON.stringify(one)));
}

function listOf(exported: unknown): unknown[] {
  if (Array.isArray(exported)) return exported;
  const isObject = typeof exported === 'object' && exported !== null;
  if (isObject && 'configs' in exported && Array.isArray(exported.configs)) return exported.configs;
  return [exported];
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError } from '../cli-error.ts';
import { findProgram } from '../render/find-program.ts';
import type { World } from '../world.ts';

const run = promisify(execFile);
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * What a CUE file comes to, as JSON text, by `cue` itself.
 * @throws CliError when it is not installed, and with its words when it finds something wrong.
 */
export async function exportCue(path: string, env: World['env']): Promise<string> {
  const cue = await findProgram(
    { name: 'cue', purpose: `The environment file ${path}`, install: 'https://cuelang.org/docs/install' },
    env,
  );
  try {
    const options = { env: { ...env }, maxBuffer: MAX_BYTES };
    return (await run(cue, ['export', '--out', 'json', path], options)).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const details = said.split('\n').filter((line) => line !== '');
    throw new CliError(`cue can't export ${path}:`, { code: 'bad-environment-file', details });
  }
}

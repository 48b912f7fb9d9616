import { writeFile } from 'node:fs/promises';
import { CliError, UsageError } from '../cli-error.ts';

/**
 * Writes a file, in place of one that is there already or only where there is none.
 * @throws UsageError `file-exists`, CliError `file` with the reason
 */
export async function writeOutputFile(
  path: string,
  text: string,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  try {
    await writeFile(path, text, { flag: replace ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`${path} is there already: choose another file, or delete it first.`, {
        code: 'file-exists',
        cause: error,
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`Could not write ${path}: ${reason}`, { code: 'file', cause: error });
  }
}

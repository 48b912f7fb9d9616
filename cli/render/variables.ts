import { parseEnv } from 'node:util';
import { readInputFile } from '../artifact/artifact-file.ts';

/** The variables of a file of `NAME=value` lines, as CI systems and shells write it; `given` ones win. */
export async function readVariables(
  path: string | undefined,
  given: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  if (path === undefined) return { ...given };
  const text = await readInputFile(path, 'It holds a variable a line: NAME=value.');
  return { ...(parseEnv(text) as Record<string, string>), ...given };
}

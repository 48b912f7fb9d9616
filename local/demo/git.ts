import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cleanGitEnvironment } from '../git/bare-repo.ts';

/** Runs git in a directory, deaf to the user's configuration; its output without the last line break. */
export async function git(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)('git', [...args], {
    cwd: directory,
    env: { ...cleanGitEnvironment(), ...env },
    encoding: 'utf8',
  });
  return stdout.trimEnd();
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { installCommand } from './install-command.ts';
import { MissingToolError } from './missing-tool-error.ts';

const run = promisify(execFile);

/**
 * Makes sure that git and `git http-backend` are installed: the local GitOps repo is served by them.
 * @throws MissingToolError that says how to install what is missing.
 */
export async function ensureGit(env: Readonly<NodeJS.ProcessEnv> = process.env): Promise<void> {
  const git = await findOnPath('git', env);
  if (git === undefined)
    throw new MissingToolError('git', 'git is not on PATH.', await installCommand('git', undefined, env));
  const { stdout } = await run(git, ['--exec-path'], { env });
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const backend = join(stdout.trim(), `git-http-backend${suffix}`);
  if (!(await isExecutable(backend)))
    throw new MissingToolError(
      'git-http-backend',
      `git is installed without "git http-backend" (${backend} is missing), which serves the local GitOps repo.`,
      await installCommand('git-http-backend', undefined, env),
    );
}

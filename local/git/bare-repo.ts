import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Environment of every git process we start: the user's own configuration must not change what happens. */
export function cleanGitEnvironment(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { PATH: base['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
}

const SERVED_OVER_HTTP: Readonly<Record<string, string>> = {
  'http.receivepack': 'true',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowAnySHA1InWant': 'true',
  // A housekeeping process in the background would hold files of a repo that a test or a user removes.
  'gc.auto': '0',
  'receive.autogc': 'false',
};

/**
 * Makes a bare repo that `git http-backend` will serve for reading and writing. Called again on the same path it
 * only sets the configuration again: commits and branches stay.
 */
export async function createBareRepo(options: {
  readonly path: string;
  readonly branch: string;
  readonly denyNonFastForwards?: boolean;
}): Promise<void> {
  const env = cleanGitEnvironment();
  await run('git', ['init', '--quiet', '--bare', `--initial-branch=${options.branch}`, options.path], {
    env,
  });
  const settings = {
    ...SERVED_OVER_HTTP,
    'receive.denyNonFastForwards': String(options.denyNonFastForwards ?? false),
  };
  for (const [key, value] of Object.entries(settings)) {
    await run('git', ['-C', options.path, 'config', key, value], { env });
  }
}

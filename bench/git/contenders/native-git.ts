import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchRelease, BOT, BRANCH } from '../bench-release.ts';
import { fastImportStream } from '../fast-import-stream.ts';
import { runGit } from '../run-git.ts';
import type { MakeContender } from './contender.ts';

/** Housekeeping would come at a time of its own choice and be in some turns only: left out, in native git's favour. */
const CONFIG = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/** What Kargo, Flux and most CI scripts do: for each release a new clone of the newest commit, with a work tree. */
export const nativeFreshClone: MakeContender = ({ url, folder }) => {
  const clone = join(folder, 'clone');
  return {
    ready: () => rm(clone, { recursive: true, force: true }),
    push: async (releases) => {
      await runGit(['clone', '--quiet', '--depth=1', `--branch=${BRANCH}`, url, clone]);
      await commitAll(clone, releases);
      await inClone(clone, 'push', '--quiet', 'origin', BRANCH);
    },
  };
};

/** A clone that is kept: pull, write, commit, push. */
export const nativeWarmClone: MakeContender = ({ url, path, folder }) => {
  const clone = join(folder, 'clone');
  return {
    ready: () => cloneOnce(clone, { url, path }),
    push: async (releases) => {
      await inClone(clone, 'pull', '--quiet', '--ff-only');
      await commitAll(clone, releases);
      await inClone(clone, 'push', '--quiet', 'origin', BRANCH);
    },
  };
};

/**
 * The best that native git has: a bare clone that is kept, no work tree, no index. It does not ask where the branch is
 * before it builds on it, as ours does not.
 */
export const nativeFastImport: MakeContender = ({ url, path, folder }) => {
  const clone = join(folder, 'clone.git');
  return {
    ready: () => cloneOnce(clone, { url, path }, '--bare'),
    push: async (releases) => {
      const input = fastImportStream(releases, `refs/heads/${BRANCH}^0`);
      await runGit([...CONFIG, 'fast-import', '--quiet'], { cwd: clone, input });
      await inClone(clone, 'push', '--quiet', 'origin', BRANCH);
    },
  };
};

/** Cloned from disk, for on a large repo it takes minutes over HTTP, which nobody measures. */
async function cloneOnce(
  clone: string,
  { url, path }: { readonly url: string; readonly path: string },
  ...options: readonly string[]
): Promise<void> {
  if (existsSync(clone)) return;
  await runGit(['clone', '--quiet', '--single-branch', `--branch=${BRANCH}`, ...options, path, clone]);
  await inClone(clone, 'remote', 'set-url', 'origin', url);
}

async function commitAll(clone: string, releases: readonly BenchRelease[]): Promise<void> {
  for (const { directory, files, message, time } of releases) {
    await replaceDirectory(join(clone, directory), files);
    await inClone(clone, 'add', '--all', '--', directory);
    const date = `${time} +0000`;
    const env = {
      GIT_AUTHOR_NAME: BOT.name,
      GIT_AUTHOR_EMAIL: BOT.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: BOT.name,
      GIT_COMMITTER_EMAIL: BOT.email,
      GIT_COMMITTER_DATE: date,
    };
    await runGit([...CONFIG, 'commit', '--quiet', '--file=-'], { cwd: clone, env, input: [message] });
  }
}

async function replaceDirectory(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(path, name), bytes);
}

function inClone(clone: string, ...args: readonly string[]): Promise<string> {
  return runGit([...CONFIG, ...args], { cwd: clone });
}

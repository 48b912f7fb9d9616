import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { createBareRepo } from '../../local/git/bare-repo.ts';
import { type BenchRelease, BRANCH, benchRelease } from './bench-release.ts';
import { fastImportStream } from './fast-import-stream.ts';
import type { Progress } from './progress.ts';
import { runGit } from './run-git.ts';
import type { RepoSize } from './sizes.ts';

/** Part of the cache's key: grows when repos are built in another way. What they are built of is in the key anyway. */
const VERSION = 1;
const BUILD_TIMEOUT_MS = 60 * 60_000;

/** The bare repo of a size, built when it is not in the cache. Nobody may write to it: see `copyRepo`. */
export async function cachedRepo(size: RepoSize, cache: string, progress: Progress): Promise<string> {
  const path = join(cache, `${size.name}-${keyOf(size)}.git`);
  if (existsSync(path)) return path;
  const building = `${path}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await build(size, building, progress);
    await rename(building, path);
  } catch (error) {
    // Somebody else may have been faster: theirs is the same.
    if (!existsSync(path)) throw error;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return path;
}

/** A copy to write to. git never changes a pack or an object, so that they are linked where the disk can. */
export async function copyRepo(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    if (entry.isDirectory()) await mkdir(target, { recursive: true });
    else if (source.split(sep).includes('objects'))
      await link(source, target).catch(() => copyFile(source, target));
    else await copyFile(source, target);
  }
}

function keyOf(size: RepoSize): string {
  const { directory, files, message } = benchRelease(size, 0);
  const sample = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]);
  const { apps, environments, commits } = size;
  const text = JSON.stringify([VERSION, apps, environments, commits, directory, message, sample]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function build(size: RepoSize, path: string, progress: Progress): Promise<void> {
  await createBareRepo({ path, branch: BRANCH });
  const limits = { cwd: path, timeoutMs: BUILD_TIMEOUT_MS };
  progress(`${size.name}: building ${size.commits} commits, kept for the next time`);
  const input = fastImportStream(history(size, progress), undefined);
  await runGit(['fast-import', '--quiet', '--force'], { ...limits, input });
  progress(`${size.name}: packing`);
  // As a server's housekeeping leaves it: one pack with newest trees whole and older ones as deltas, a bitmap, a
  // commit graph. fast-import's own deltas go the other way.
  await runGit(['repack', '-adf', '--quiet', '--write-bitmap-index'], limits);
  await runGit(['commit-graph', 'write', '--reachable', '--no-progress'], limits);
  await runGit(['pack-refs', '--all'], limits);
}

function* history(size: RepoSize, progress: Progress): Generator<BenchRelease> {
  for (let index = 0; index < size.commits; index += 1) {
    if (index % 5_000 === 0 && index > 0) progress(`${size.name}: ${index} commits`);
    yield benchRelease(size, index);
  }
}

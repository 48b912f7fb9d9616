import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Makes a Helm chart repo of chart folders: a package of each, and an index, by helm itself. A chart that has not
 * changed since the last time keeps its package byte for byte, as helm packs the same files differently each time and
 * a version whose digest changes is refused.
 */
export async function packageCharts(options: {
  readonly helm: string;
  readonly folders: readonly string[];
  readonly directory: string;
}): Promise<void> {
  const { helm, folders, directory } = options;
  await mkdir(directory, { recursive: true });
  const kept = await readPackaged(directory);
  const packaged: Record<string, string> = { ...kept };
  for (const folder of folders) {
    const digest = await folderDigest(folder);
    if (kept[basename(folder)] === digest) continue;
    await run(helm, ['package', folder, '--destination', directory]);
    packaged[basename(folder)] = digest;
  }
  if (JSON.stringify(packaged) === JSON.stringify(kept) && (await hasIndex(directory))) return;
  await run(helm, ['repo', 'index', directory]);
  await writeFile(join(directory, PACKAGED), JSON.stringify(packaged));
}

/** Which content of a chart folder was packaged last: folder name → digest. */
const PACKAGED = '.packaged.json';

async function readPackaged(directory: string): Promise<Readonly<Record<string, string>>> {
  const content = await readFile(join(directory, PACKAGED), 'utf8').catch(() => '{}');
  return JSON.parse(content);
}

async function hasIndex(directory: string): Promise<boolean> {
  return access(join(directory, 'index.yaml')).then(
    () => true,
    () => false,
  );
}

/** Of the names and contents of all files. */
async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const path of paths.sort()) {
    const content = await readFile(path);
    hash.update(`${path.slice(folder.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLE = fileURLToPath(new URL('../../../local/sample/chart/webapp', import.meta.url));

/** Copies of the sample's chart in a folder, `count` versions of it, as a version is fetched only once; answers the folders. */
export async function writeChartVersions(folder: string, count: number): Promise<string[]> {
  const versions = Array.from({ length: count }, (_, n) => chartVersion(n));
  return Promise.all(versions.map((version) => writeVersion(join(folder, `webapp-${version}`), version)));
}

/** The version that a number stands for, where there are `count`. */
export function chartVersion(n: number, count = Number.POSITIVE_INFINITY): string {
  return `1.0.${n % count}`;
}

async function writeVersion(folder: string, version: string): Promise<string> {
  await cp(SAMPLE, folder, { recursive: true });
  const file = join(folder, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^version: .*$/m, `version: ${version}`));
  return folder;
}

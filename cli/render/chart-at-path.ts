import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import {
  type ChartIdentity,
  type ChartSource,
  chartMetadata,
  checkChartArchive,
  packChart,
} from '../../shared/contract/rendering.ts';
import { CliError } from '../cli-error.ts';

export interface LocalChartOptions {
  /** Folder or `.tgz` that stands for the chart of every manifest. */
  readonly path?: string | undefined;
  /** What a path in `chart.name` is relative to. */
  readonly base: string;
  /** Where every other chart comes from. */
  readonly remote: ChartSource;
}

/** Charts that lie on this machine: nobody is asked for them. */
export function chartsAtPaths({ path, base, remote }: LocalChartOptions): ChartSource {
  const archives = new Map<string, Uint8Array>();
  return {
    async identify(chart): Promise<ChartIdentity> {
      const local = path ?? (/^\.{0,2}\//.test(chart.name) ? resolve(base, chart.name) : undefined);
      if (local === undefined) return remote.identify(chart);
      const archive = await readChart(local);
      checkChartArchive(archive);
      const digest = createHash('sha256').update(archive).digest('hex');
      archives.set(digest, archive);
      return { ...chartMetadata(archive), digest };
    },
    archive: async (chart) => archives.get(chart.digest) ?? remote.archive(chart),
  };
}

async function readChart(path: string): Promise<Uint8Array> {
  try {
    return (await stat(path)).isDirectory() ? packChart(await readFolder(path)) : await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CliError(`The chart at ${path} can't be read: ${error.message}`, {
      code: 'no-such-chart',
      hint: 'Give the folder that has its Chart.yaml, or the .tgz that helm package made.',
    });
  }
}

/** All files but hidden ones, which helm leaves out of packages as well. Links are not followed. */
async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(?:^|[\\/])\./.test(relative(folder, path)));
  const contents = files.map(async (path) => {
    return [relative(folder, path).replaceAll(sep, '/'), await readFile(path)] as const;
  });
  return new Map(await Promise.all(contents));
}

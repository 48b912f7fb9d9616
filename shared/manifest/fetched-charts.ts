import { createHash } from 'node:crypto';
import { checkChartArchive } from './archive/check-chart-archive.ts';
import { chartLocator } from './chart-locator.ts';
import type { ChartRepository } from './chart-repository.ts';
import type { ChartIdentity, ChartSource } from './chart-source.ts';

/**
 * Charts straight from where they are, checked and kept in this process: for whoever has no store and no function that
 * fetches them.
 */
export function fetchedCharts(repository: ChartRepository): ChartSource {
  const archives = new Map<string, Uint8Array>();
  return {
    async identify(chart): Promise<ChartIdentity> {
      const listing = await repository.find(chartLocator(chart));
      const archive = await repository.download(listing);
      checkChartArchive(archive);
      const digest = createHash('sha256').update(archive).digest('hex');
      archives.set(digest, archive);
      return { name: listing.name, version: listing.version, digest };
    },
    async archive({ digest }) {
      const archive = archives.get(digest);
      if (archive === undefined) throw new TypeError(`the chart ${digest} was not asked for before`);
      return archive;
    },
  };
}

import type { ChartStore } from '../../manifest/chart-store.ts';
import { ChunkStore } from './chunks.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

/** Checked charts under their digests, and the digest that each version was first seen with. */
export function chartStore(table: TableClient): ChartStore {
  const chunks = new ChunkStore(table, 'CHART');
  const findPin: ChartStore['findPin'] = async (chart) => {
    const pin = await table.get(keys.chartPin(chart));
    return pin === undefined ? undefined : String(pin['digest']);
  };
  return {
    findPin,
    async putPin(chart, digest) {
      const isFirst = await table.putNew(
        keys.chartPin(chart),
        { digest },
        { notAudited: 'what a version was first seen with' },
      );
      return isFirst ? digest : ((await findPin(chart)) ?? digest);
    },
    async put(digest, archive) {
      await chunks.put(digest, archive);
    },
    get: (digest) => chunks.get(digest),
  };
}

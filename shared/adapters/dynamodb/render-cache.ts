import type { RenderCache } from '../../release/render-once.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

/** Which bundle each rendering came to. What two renderers find out at once is the same, or as good. */
export function renderCache(table: TableClient): RenderCache {
  return {
    async find(key) {
      const item = await table.get(keys.render(key));
      return item && { bundle: String(item['bundle']), bundleBytes: Number(item['bundleBytes']) };
    },
    async put(key, { bundle, bundleBytes }) {
      await table.put(keys.render(key), { bundle, bundleBytes }, { notAudited: 'can be rendered again' });
    },
  };
}

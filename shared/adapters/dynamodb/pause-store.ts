import type { Pause, Pauses } from '../../gitops/pause.ts';
import { keys } from './keys.ts';
import { markAttributes } from './mark-attributes.ts';
import type { TableClient } from './table-client.ts';

/** Branches that are left alone for now; a pause carries the mark of its next probe. */
export function pauseStore(table: TableClient): Pauses {
  return {
    async read({ url, branch }) {
      return (await table.get(keys.pause(url, branch)))?.['pause'] as Pause | undefined;
    },
    async put({ url, branch }, pause, mark) {
      const key = keys.pause(url, branch);
      await table.put(key, { pause, ...markAttributes(key, mark) });
    },
    clear({ url, branch }) {
      return table.remove(keys.pause(url, branch));
    },
  };
}

import type { ServerMemory, ServerTraits } from '../../gitops/server-memory.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

/** What git servers are known to be able to do, so that a cold start does not have to ask. */
export function serverMemoryStore(table: TableClient): ServerMemory {
  return {
    async recall(host) {
      return (await table.get(keys.gitServer(host)))?.['traits'] as ServerTraits | undefined;
    },
    async remember(host, traits) {
      await table.put(keys.gitServer(host), { traits }, { notAudited: 'can be asked again' });
    },
  };
}

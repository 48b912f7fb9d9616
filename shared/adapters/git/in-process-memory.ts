import type { ServerMemory, ServerTraits } from '../../gitops/server-memory.ts';

/** Remembers for as long as the process lives. */
export function inProcessMemory(): ServerMemory {
  const known = new Map<string, ServerTraits>();
  return {
    recall: async (host) => known.get(host),
    remember: async (host, traits) => {
      known.set(host, traits);
    },
  };
}

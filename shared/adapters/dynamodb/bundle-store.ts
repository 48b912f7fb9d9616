import { createHash } from 'node:crypto';
import { TransientError } from '../../errors/errors.ts';
import type { Bundles } from '../../release/ports.ts';
import { ChunkStore } from './chunks.ts';
import type { TableClient } from './table-client.ts';

/** Rendered files under the digest of all their names and bytes. */
export function bundleStore(table: TableClient): Bundles {
  const chunks = new ChunkStore(table, 'BUNDLE');
  return {
    async put(files) {
      const bytes = Buffer.from(JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
      const digest = createHash('sha256').update(bytes).digest('hex');
      await chunks.put(digest, bytes);
      return digest;
    },
    async get(digest) {
      const bytes = await chunks.get(digest);
      if (!bytes) throw new TransientError('bundle-missing', `The rendered files ${digest} can't be read.`);
      return new Map(JSON.parse(Buffer.from(bytes).toString()) as [string, string][]);
    },
  };
}

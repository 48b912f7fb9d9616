import { gunzipSync, gzipSync } from 'node:zlib';
import { TransientError } from '../../errors/errors.ts';
import { type ChunkKind, keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** Items may be 400 KB; the keys and DynamoDB's own overhead want some of it. */
const CHUNK_BYTES = 350_000;

/** What is stored in chunks knows how many there are: it is complete only when all of them can be read. */
export class ChunkStore {
  private readonly table: TableClient;
  private readonly kind: ChunkKind;

  constructor(table: TableClient, kind: ChunkKind) {
    this.table = table;
    this.kind = kind;
  }

  /** Stores bytes under the digest of what they stand for; answers the number of chunks. Repeating it does nothing. */
  async put(digest: string, bytes: Uint8Array): Promise<number> {
    const packed = gzipSync(bytes);
    const count = Math.ceil(packed.length / CHUNK_BYTES);
    const indexes = [...Array(count).keys()];
    await Promise.all(
      indexes.map((index) => {
        const data = packed.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
        return this.table.put(
          keys.chunk(this.kind, digest, index),
          { data, count },
          { notAudited: 'bytes under their own digest' },
        );
      }),
    );
    return count;
  }

  /** The first chunk says how many more there are. Undefined when it is not there. */
  async get(digest: string): Promise<Uint8Array | undefined> {
    const first = await this.table.get(keys.chunk(this.kind, digest, 0));
    return first && this.whole(digest, first);
  }

  /** The same of many, whose first chunks are read together; by their digests, without those that are not there. */
  async getMany(digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = new Map(digests.map((digest) => [keys.chunk(this.kind, digest, 0).pk, digest]));
    const firsts = await this.table.getMany(
      [...wanted.values()].map((digest) => keys.chunk(this.kind, digest, 0)),
    );
    const found = firsts.map(async (first) => {
      const digest = wanted.get(String(first['pk'])) ?? '';
      return [digest, await this.whole(digest, first)] as const;
    });
    return new Map(await Promise.all(found));
  }

  private async whole(digest: string, first: Item): Promise<Uint8Array> {
    const count = Number(first['count']);
    const rest = [...Array(count).keys()].slice(1).map((index) => keys.chunk(this.kind, digest, index));
    const items = [first, ...(rest.length > 0 ? await this.table.getMany(rest) : [])];
    if (items.length < count) {
      throw new TransientError(
        'chunks-missing',
        `Only ${items.length} of ${count} parts of ${this.kind} ${digest} are there.`,
      );
    }
    items.sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
    return gunzipSync(Buffer.concat(items.map((item) => item['data'] as Uint8Array)));
  }
}

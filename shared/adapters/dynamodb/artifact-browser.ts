import type { Artifact } from '../../artifact/artifact.ts';
import {
  type ArtifactBrowser,
  type ArtifactFilter,
  matchesVersion,
  type Page,
} from '../../artifact/browse-artifacts.ts';
import { answerBytes, MAX_PAGE_BYTES, MAX_SCANNED } from '../../contract/page-limits.ts';
import type { ArtifactMeta, ArtifactStore } from './artifact-store.ts';
import { INDEX_SHARDS, monthOf, partitions, timeKey } from './keys.ts';
import { newestFirst, type PartitionQuery, type Placed } from './newest-first.ts';
import type { TableClient } from './table-client.ts';

const BATCH = 25;

/** Lists artifacts from the index that fits the filter best; what it does not cover is compared one by one. */
export function artifactBrowser(table: TableClient, store: ArtifactStore): ArtifactBrowser {
  return {
    async list(filter, { limit, offset, after }) {
      const groups = await partitionsFor(store, filter, after);
      const page = await collect(store, filter, entries(table, groups), { limit, offset });
      return page;
    },
  };
}

/** Groups of partitions: each group is merged, one group after the other (months, newest first). */
async function partitionsFor(
  store: ArtifactStore,
  filter: ArtifactFilter,
  after: string | undefined,
): Promise<PartitionQuery[][]> {
  const bounds = {
    ...(filter.since !== undefined && { from: timeKey(filter.since, '') }),
    ...(filter.until !== undefined && { to: timeKey(filter.until, '\u{10ffff}') }),
    ...(after !== undefined && { after }),
  };
  const { shas, app, repository } = filter;
  const branch = filter.branch ?? filter.builtBranch;
  if (shas !== undefined) {
    return [shas.map((sha) => ({ index: 'gsi3', partition: partitions.artifactsOfSha(sha), ...bounds }))];
  }
  if (app !== undefined) return [[{ index: 'gsi1', partition: partitions.artifactsOfApp(app), ...bounds }]];
  if (repository !== undefined && branch !== undefined) {
    return [[{ index: 'gsi1', partition: partitions.artifactsOfBranch(repository, branch), ...bounds }]];
  }
  if (repository !== undefined) {
    return [[{ index: 'gsi2', partition: partitions.artifactsOfRepository(repository), ...bounds }]];
  }
  const months = (await store.listedMonths()).filter((month) => mayHold(month, filter, after));
  return months.map((month) =>
    [...Array(INDEX_SHARDS).keys()].map((shard) => ({
      index: 'gsi1',
      partition: partitions.artifactsOfMonth(month, shard),
      ...bounds,
    })),
  );
}

function mayHold(month: string, { since, until }: ArtifactFilter, after: string | undefined): boolean {
  const last = Math.min(
    until ?? Number.POSITIVE_INFINITY,
    after === undefined ? Number.POSITIVE_INFINITY : Number(after.slice(0, 13)),
  );
  return (
    (since === undefined || month >= monthOf(since)) &&
    (last === Number.POSITIVE_INFINITY || month <= monthOf(last))
  );
}

async function* entries(
  table: TableClient,
  groups: readonly PartitionQuery[][],
): AsyncGenerator<Placed, void, void> {
  for (const group of groups) yield* newestFirst(table, group, BATCH);
}

async function collect(
  store: ArtifactStore,
  filter: ArtifactFilter,
  placed: AsyncGenerator<Placed, void, void>,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<Page<Artifact>> {
  const items: Artifact[] = [];
  let bytes = 0;
  let skip = offset;
  let scanned = 0;
  let place: string | undefined;
  for await (const batch of batches(placed, BATCH)) {
    const metas = await matching(store, filter, batch);
    // Whether it may be seen is told by the artifact itself, so that all of them have to be read.
    const wanted = filter.visible ? metas : metas.slice(skip, skip + limit - items.length + 1);
    const bodies = await store.load(wanted.map(({ meta }) => meta));
    const loaded = bodies.map((artifact, index) => ({ artifact, place: wanted[index]?.place }));
    const seen = filter.visible ? loaded.filter(({ artifact }) => filter.visible?.(artifact)) : loaded;
    const artifacts = filter.visible ? seen.slice(skip) : seen;
    skip = Math.max(0, skip - (filter.visible ? seen : metas).length);
    for (const found of artifacts) {
      const size = answerBytes(found.artifact);
      if (items.length >= limit || (items.length > 0 && bytes + size > MAX_PAGE_BYTES)) {
        return place === undefined ? { items } : { items, next: place };
      }
      items.push(found.artifact);
      bytes += size;
      place = found.place;
    }
    scanned += batch.length;
    const last = batch.at(-1)?.place;
    if (scanned >= MAX_SCANNED && last !== undefined) return { items, next: last };
  }
  return { items };
}

/** Those of a batch that exist and match, in its order. */
async function matching(
  store: ArtifactStore,
  filter: ArtifactFilter,
  batch: readonly Placed[],
): Promise<{ readonly meta: ArtifactMeta; readonly place: string }[]> {
  const ids = batch.map(({ item }) => String(item['artifactId'] ?? item['id']));
  const metas = new Map((await store.metas([...new Set(ids)])).map((meta) => [meta.id, meta]));
  return batch.flatMap(({ place }, index) => {
    const meta = metas.get(ids[index] as string);
    return meta && matchesVersion(filter, meta.version) ? [{ meta, place }] : [];
  });
}

async function* batches<T>(
  source: AsyncGenerator<T, void, void>,
  size: number,
): AsyncGenerator<T[], void, void> {
  let batch: T[] = [];
  for await (const item of source) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

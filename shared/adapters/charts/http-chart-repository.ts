import { createHash } from 'node:crypto';
import { UnprocessableError } from '../../errors/errors.ts';
import type { ChartListing, ChartRepository } from '../../manifest/chart-repository.ts';
import type { ChartLocator } from '../../manifest/chart-source.ts';
import { type GuardedGetOptions, guardedGet, type Resolve } from './guarded-get.ts';
import { findEntry } from './repository-index.ts';
import type { SourceRules } from './source-rules.ts';

export interface HttpChartRepositoryOptions extends SourceRules {
  readonly maxBytes?: number;
  readonly seconds?: number;
  readonly resolve?: Resolve;
}

const MAX_BYTES = 30_000_000;
const SECONDS = 10;

/** Chart repositories as helm knows them: an `index.yaml` and archives. */
export function httpChartRepository(options: HttpChartRepositoryOptions): ChartRepository {
  const { maxBytes = MAX_BYTES, seconds = SECONDS, resolve } = options;
  const get: GuardedGetOptions = { rules: options, maxBytes, seconds, ...(resolve && { resolve }) };
  return {
    find: (chart) => find(chart, get),
    download: async (listing) => {
      const archive = await guardedGet(new URL(listing.url), get);
      checkDigest(archive, listing);
      return archive;
    },
  };
}

async function find(
  { repository, name, version }: ChartLocator,
  get: GuardedGetOptions,
): Promise<ChartListing> {
  const base = baseUrl(repository);
  const index = await guardedGet(new URL('index.yaml', base), get);
  const entry = findEntry(index.toString(), name, version);
  const url = entry.urls.find((candidate) => URL.canParse(candidate, base.href));
  if (url === undefined) throw refused(`the repository has no address for ${name} ${entry.version}`);
  const digest = entry.digest?.replace(/^sha256:/, '').toLowerCase();
  return { name, version: entry.version, url: new URL(url, base).href, ...(digest && { digest }) };
}

/** With the slash that makes `index.yaml` a name inside it. */
function baseUrl(repository: string): URL {
  if (!URL.canParse(repository)) throw refused(`'${repository}' is no address`);
  const url = new URL(repository);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function checkDigest(archive: Buffer, { name, version, digest }: ChartListing): void {
  if (digest === undefined) return;
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== digest)
    throw new UnprocessableError(
      'chart-digest-mismatch',
      `the chart ${name} ${version} has the SHA-256 ${actual}, but its repository's index says ${digest}`,
    );
}

function refused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}

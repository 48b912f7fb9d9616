import { UnprocessableError } from '../../errors/errors.ts';
import type { ChartListing, ChartRepository } from '../../manifest/chart-repository.ts';
import type { ChartLocator } from '../../manifest/chart-source.ts';
import { checkDigest } from './check-digest.ts';
import { basicAuthorization, type Credentials } from './credentials.ts';
import { type GuardedOptions, guardedGet } from './guarded-request.ts';
import { findEntry } from './repository-index.ts';
import { type ChartRepositoryOptions, guardedOptions } from './repository-options.ts';

/** Chart repositories as helm knows them: an `index.yaml` and archives. */
export function httpChartRepository(options: ChartRepositoryOptions): ChartRepository {
  const guarded = guardedOptions(options);
  const { credentials } = options;
  return {
    find: (chart) => find(chart, guarded, credentials),
    async download(listing) {
      const url = new URL(listing.url);
      const archive = await guardedGet(url, guarded, await basicAuthorization(url, credentials));
      checkDigest(archive, listing);
      return archive;
    },
  };
}

async function find(
  { repository, name, version }: ChartLocator,
  guarded: GuardedOptions,
  credentials: Credentials | undefined,
): Promise<ChartListing> {
  const base = baseUrl(repository);
  const url = new URL('index.yaml', base);
  const index = await guardedGet(url, guarded, await basicAuthorization(url, credentials));
  const entry = findEntry(index.toString(), name, version);
  const address = entry.urls.find((candidate) => URL.canParse(candidate, base.href));
  if (address === undefined) throw refused(`the repository has no address for ${name} ${entry.version}`);
  const digest = entry.digest?.replace(/^sha256:/, '').toLowerCase();
  return { name, version: entry.version, url: new URL(address, base).href, ...(digest && { digest }) };
}

/** With the slash that makes `index.yaml` a name inside it. */
function baseUrl(repository: string): URL {
  if (!URL.canParse(repository)) throw refused(`'${repository}' is no address`);
  const url = new URL(repository);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function refused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-source-refused', `the chart can't be fetched: ${problem}`);
}

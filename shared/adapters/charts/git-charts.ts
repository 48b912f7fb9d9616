import { NotFoundError, UnprocessableError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { packChart } from '../../manifest/archive/pack-chart.ts';
import type { ChartListing, ChartRepository } from '../../manifest/chart-repository.ts';
import type { ChartLocator } from '../../manifest/chart-source.ts';
import { filesBelow } from './git-files.ts';
import { GitSource } from './git-source.ts';
import type { ChartRepositoryOptions } from './repository-options.ts';

/** Charts that are folders of git repositories: fetched at one commit and packed, the same folder into the same bytes. */
export function gitRepositories(options: ChartRepositoryOptions): ChartRepository {
  return {
    find: (chart) => find(chart, options),
    async download({ url }) {
      const [, repository = '', commit = '', folder = ''] = /^(.*)#([0-9a-f]{40}):(.*)$/s.exec(url) ?? [];
      const source = new GitSource(addressOf(repository), options);
      return packChart(filesBelow(await source.fetch(commit), commit, folder));
    },
  };
}

/** A branch is where it points to now: its version is that commit. A tag stays what it was when it was first seen. */
async function find(
  { repository, name, version }: ChartLocator,
  options: ChartRepositoryOptions,
): Promise<ChartListing> {
  const [, kind, reference = ''] = /^(sha|tag|branch)=(.*)$/s.exec(version) ?? [];
  const commit =
    kind === 'sha' ? reference : await resolve(addressOf(repository), `${kind}`, reference, options);
  return {
    name,
    version: kind === 'branch' ? `sha=${commit}` : version,
    url: `${repository}#${commit}:${name}`,
  };
}

async function resolve(
  address: URL,
  kind: string,
  reference: string,
  options: ChartRepositoryOptions,
): Promise<Oid> {
  const ref = `refs/${kind === 'tag' ? 'tags' : 'heads'}/${reference}`;
  const oid = await new GitSource(address, options).resolve(ref);
  if (oid !== undefined) return oid;
  const where = `${address.host}${address.pathname}`;
  throw new NotFoundError('chart-not-found', `${where} has no ${kind} '${reference}'`);
}

function addressOf(repository: string): URL {
  const address = repository.replace(/^git\+/, '');
  if (URL.canParse(address)) return new URL(address);
  throw new UnprocessableError('chart-source-refused', `'${address}' is no address of a git repository`);
}

import { UnprocessableError } from '../../errors/errors.ts';
import type { ChartRepository } from '../../manifest/chart-repository.ts';
import { gitRepositories } from './git-charts.ts';
import { httpChartRepository } from './http-chart-repository.ts';
import { ociRegistry } from './oci-registry.ts';
import type { ChartRepositoryOptions } from './repository-options.ts';

/** Every place that charts may come from, told apart by the scheme of its address, and of what is listed there. */
export function chartRepositories(options: ChartRepositoryOptions): ChartRepository {
  const http = httpChartRepository(options);
  const registry = ociRegistry(options);
  const git = gitRepositories(options);
  const kindOf = (address: string) => {
    const [, scheme = ''] = /^([a-z]+)(?:\+https?)?:/.exec(address) ?? [];
    if (/^https?$/.test(scheme)) return http;
    if (scheme === 'oci') return registry;
    if (scheme === 'git') return git;
    throw new UnprocessableError('chart-source-refused', `charts can't be fetched from '${address}'`);
  };
  return {
    find: async (chart) => kindOf(chart.repository).find(chart),
    download: async (listing) => kindOf(listing.url).download(listing),
  };
}

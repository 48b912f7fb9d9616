import { createHash } from 'node:crypto';
import { InvalidInputError, UnprocessableError } from '../../shared/errors/errors.ts';
import { fieldErrors } from '../../shared/errors/field-errors.ts';
import { GimletdError } from '../../shared/errors/gimletd-error.ts';
import { checkChartArchive } from '../../shared/manifest/archive/check-chart-archive.ts';
import { type ChartAnswer, chartRequest } from '../../shared/manifest/chart-invocation.ts';
import type { ChartRepository } from '../../shared/manifest/chart-repository.ts';
import type { ChartIdentity, ChartLocator } from '../../shared/manifest/chart-source.ts';
import type { ChartStore } from '../../shared/manifest/chart-store.ts';
import type { Logger } from '../../shared/runtime/logger.ts';

export interface ChartsPorts {
  readonly repository: ChartRepository;
  readonly store: ChartStore;
  readonly logger: Logger;
}

/** Answers an invocation: which chart was stored, or why it was not; faults of ours are thrown. */
export function makeCharts(ports: ChartsPorts): (event: unknown) => Promise<ChartAnswer> {
  return async (event) => {
    try {
      const identity = await storeChart(parseRequest(event), ports);
      ports.logger.info('chart', { event, ...identity });
      return identity;
    } catch (error) {
      if (!(error instanceof GimletdError)) throw error;
      const { code, message, retryable } = error;
      ports.logger.warn('chart refused', { event, code, reason: message });
      return { error: { code, message, retryable } };
    }
  };
}

function parseRequest(event: unknown): ChartLocator {
  const parsed = chartRequest.safeParse(event);
  if (parsed.success) return parsed.data.chart;
  const errors = fieldErrors(parsed.error);
  const list = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new InvalidInputError('bad-chart-request', `the request for a chart is not right: ${list}`, errors);
}

/**
 * Sees to it that a chart is stored, checked, and says which one it is. A version that was seen before is what it was
 * then: its repository is not asked again, and one that has changed it meanwhile is found out.
 */
async function storeChart(chart: ChartLocator, { repository, store }: ChartsPorts): Promise<ChartIdentity> {
  const known = await store.findPin(chart);
  if (known !== undefined) return { name: chart.name, version: chart.version, digest: known };
  const listing = await repository.find(chart);
  const { name, version } = listing;
  const exact = { ...chart, version };
  const pinned = await store.findPin(exact);
  if (pinned !== undefined) {
    if (listing.digest !== undefined) checkUnchanged(exact, pinned, listing.digest);
    return { name, version, digest: pinned };
  }
  const archive = await repository.download(listing);
  checkChartArchive(archive);
  const digest = createHash('sha256').update(archive).digest('hex');
  await store.put(digest, archive);
  checkUnchanged(exact, await store.putPin(exact, digest), digest);
  return { name, version, digest };
}

function checkUnchanged({ repository, name, version }: ChartLocator, pinned: string, digest: string): void {
  if (digest === pinned) return;
  throw new UnprocessableError(
    'chart-changed',
    `${name} ${version} of ${repository} has changed: it had the SHA-256 ${pinned} when it was first used and has ${digest} now; give it a new version`,
  );
}

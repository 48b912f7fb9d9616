import { createHash } from 'node:crypto';
import { TransientError, UnprocessableError } from '../../errors/errors.ts';
import { type ChartAnswer, chartAnswer } from '../../manifest/chart-invocation.ts';
import { chartLocator } from '../../manifest/chart-locator.ts';
import type { ChartIdentity, ChartLocator, ChartSource } from '../../manifest/chart-source.ts';
import type { ChartStore } from '../../manifest/chart-store.ts';
import type { ResolvedChart } from '../../manifest/resolved-manifest.ts';
import { BoundedCache } from './bounded-cache.ts';

export interface InvokedChartSourceOptions {
  /** Asks the function that fetches charts. */
  readonly call: (request: object) => Promise<unknown>;
  readonly store: ChartStore;
  /** Charts that are kept in memory. */
  readonly cacheBytes?: number;
}

const CACHE_BYTES = 64_000_000;

/**
 * Charts by way of the function that fetches them: it is asked for what is not known yet, and the bytes are read by
 * their digest. A version that was seen before asks nobody, and one that this process has used reads nothing.
 */
export function invokedChartSource(options: InvokedChartSourceOptions): ChartSource {
  const source = new InvokedChartSource(options);
  return {
    identify: (chart) => source.identify(chart),
    archive: (chart) => source.archive(chart),
  };
}

class InvokedChartSource {
  private readonly call: InvokedChartSourceOptions['call'];
  private readonly store: ChartStore;
  private readonly archives: BoundedCache;
  /** Digests of exact versions never change. */
  private readonly pins = new Map<string, string>();

  constructor({ call, store, cacheBytes = CACHE_BYTES }: InvokedChartSourceOptions) {
    this.call = call;
    this.store = store;
    this.archives = new BoundedCache(cacheBytes);
  }

  async identify(reference: ResolvedChart): Promise<ChartIdentity> {
    const chart = chartLocator(reference);
    return (await this.pinned(chart)) ?? (await this.invoke(chart));
  }

  private async pinned(chart: ChartLocator): Promise<ChartIdentity | undefined> {
    const { repository, name, version } = chart;
    const key = JSON.stringify([repository, name, version]);
    const digest = this.pins.get(key) ?? (await this.store.findPin(chart));
    if (digest === undefined) return undefined;
    this.pins.set(key, digest);
    return { name, version, digest };
  }

  private async invoke(chart: ChartLocator): Promise<ChartIdentity> {
    const answer = await this.ask(chart);
    if (!('error' in answer)) return answer;
    const { code, message, retryable } = answer.error;
    throw retryable ? new TransientError(code, message) : new UnprocessableError(code, message);
  }

  /** The function's own faults (out of time, out of memory, a bug) may pass; what it says on purpose is its answer. */
  private async ask(chart: ChartLocator): Promise<ChartAnswer> {
    try {
      return chartAnswer.parse(await this.call({ chart }));
    } catch (cause) {
      const message = 'The function that fetches charts did not answer as it should.';
      throw new TransientError('charts-unavailable', message, { cause });
    }
  }

  async archive({ digest }: ChartIdentity): Promise<Uint8Array> {
    const cached = this.archives.get(digest);
    if (cached !== undefined) return cached;
    const archive = await this.store.get(digest);
    if (archive === undefined || createHash('sha256').update(archive).digest('hex') !== digest)
      throw new TransientError('chart-missing', `The stored chart ${digest} can't be read.`);
    this.archives.put(digest, archive);
    return archive;
  }
}

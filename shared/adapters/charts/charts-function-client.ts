import { createHash } from 'node:crypto';
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { TransientError, UnprocessableError } from '../../errors/errors.ts';
import { type ChartAnswer, chartAnswer } from '../../manifest/chart-invocation.ts';
import { chartLocator } from '../../manifest/chart-locator.ts';
import type { ChartIdentity, ChartLocator, ChartSource } from '../../manifest/chart-source.ts';
import type { ChartStore } from '../../manifest/chart-store.ts';
import type { ResolvedChart } from '../../manifest/resolved-manifest.ts';
import { BoundedCache } from './bounded-cache.ts';

export interface InvokedChartSourceOptions {
  readonly lambda: LambdaClient;
  readonly functionName: string;
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
  private readonly lambda: LambdaClient;
  private readonly functionName: string;
  private readonly store: ChartStore;
  private readonly archives: BoundedCache;
  /** Digests of exact versions never change. */
  private readonly pins = new Map<string, string>();

  constructor({ lambda, functionName, store, cacheBytes = CACHE_BYTES }: InvokedChartSourceOptions) {
    this.lambda = lambda;
    this.functionName = functionName;
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
    const answer = readAnswer(await this.send(chart));
    if (!('error' in answer)) return answer;
    const { code, message, retryable } = answer.error;
    throw retryable ? new TransientError(code, message) : new UnprocessableError(code, message);
  }

  private async send(chart: ChartLocator): Promise<InvokeCommandOutput> {
    const Payload = JSON.stringify({ chart });
    try {
      return await this.lambda.send(new InvokeCommand({ FunctionName: this.functionName, Payload }));
    } catch (cause) {
      throw new TransientError('charts-unavailable', 'The function that fetches charts did not answer.', {
        cause,
      });
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

/** The function's own faults (out of time, out of memory, a bug) may pass; what it says on purpose is its answer. */
function readAnswer({ FunctionError, Payload }: InvokeCommandOutput): ChartAnswer {
  const text = Buffer.from(Payload ?? []).toString();
  const parsed = FunctionError === undefined ? chartAnswer.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success) return parsed.data;
  throw new TransientError(
    'charts-unavailable',
    `The function that fetches charts failed: ${text.slice(0, 500)}`,
  );
}

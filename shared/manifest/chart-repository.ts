import type { ChartLocator } from './chart-source.ts';

/** One version of a chart, as its repository lists it. */
export interface ChartListing {
  readonly name: string;
  /** Exact. */
  readonly version: string;
  readonly url: string;
  /** SHA-256 in hex, where the repository tells it. */
  readonly digest?: string;
}

/** A place on the internet that has charts. */
export interface ChartRepository {
  /** @throws NotFoundError, UnprocessableError, TransientError */
  readonly find: (chart: ChartLocator) => Promise<ChartListing>;
  /** The archive, which has the listed digest; not looked into. @throws as `find` */
  readonly download: (listing: ChartListing) => Promise<Uint8Array>;
}

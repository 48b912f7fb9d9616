import type { ChartLocator } from './chart-source.ts';

/**
 * Where checked charts are kept, by digest, and which digest each version was found to have. A chart's pin is put
 * after its bytes: who finds a pin finds the bytes.
 */
export interface ChartStore {
  /** The digest that this exact version had when it was first seen. A range has none. */
  readonly findPin: (chart: ChartLocator) => Promise<string | undefined>;
  /** Pins a version to a digest and answers the digest it is pinned to: the first one that was put. */
  readonly putPin: (chart: ChartLocator, digest: string) => Promise<string>;
  readonly put: (digest: string, archive: Uint8Array) => Promise<void>;
  readonly get: (digest: string) => Promise<Uint8Array | undefined>;
}

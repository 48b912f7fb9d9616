/** A chart in an HTTP repository; `version` is an exact version or a range (`^1.2`, `>=1.0, <2`). */
export interface RepositoryChart {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
}

/** Which chart a reference came to. */
export interface ChartIdentity {
  readonly name: string;
  /** Exact, also where the reference is a range. */
  readonly version: string;
  /** SHA-256 of the archive, in hex. */
  readonly digest: string;
}

export interface FetchedChart extends ChartIdentity {
  /** The checked `.tgz`: bounded, without links, nothing in it that helm would fetch. */
  readonly archive: Uint8Array;
}

/** Where rendering gets its charts. */
export interface ChartSource {
  /**
   * @throws NotFoundError, UnprocessableError, InvalidInputError when this chart can't be had or used.
   * @throws TransientError when its repository can't be reached.
   */
  readonly fetch: (chart: RepositoryChart) => Promise<FetchedChart>;
}

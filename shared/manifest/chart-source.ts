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

/** Where rendering gets its charts. */
export interface ChartSource {
  /**
   * Which chart it is; afterwards its bytes can be had.
   * @throws NotFoundError, UnprocessableError, InvalidInputError when this chart can't be had or used.
   * @throws TransientError when its repository can't be reached.
   */
  readonly identify: (chart: RepositoryChart) => Promise<ChartIdentity>;
  /**
   * The checked `.tgz`: bounded, without links, nothing in it that helm would fetch.
   * @throws TransientError when it can't be read.
   */
  readonly archive: (chart: ChartIdentity) => Promise<Uint8Array>;
}

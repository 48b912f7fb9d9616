import type { ResolvedChart } from './resolved-manifest.ts';

/**
 * A chart and the place it comes from, by the scheme of `repository`:
 *
 * - `https://`: a chart repository; `version` is exact or a range (`^1.2`, `>=1.0, <2`).
 * - `oci://`: a registry; `name` is the last part of the path, `version` a tag or a range of them.
 * - `git+https://`: a git repository; `name` is the folder in it (`.` for its root), `version` is `sha=…`, `tag=…` or
 *   `branch=…`.
 */
export interface ChartLocator {
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
   * @throws UnprocessableError `chart-source-unsupported`, `manifest-incomplete` naming the field.
   * @throws NotFoundError, UnprocessableError, InvalidInputError when this chart can't be had or used.
   * @throws TransientError when its repository can't be reached.
   */
  readonly identify: (chart: ResolvedChart) => Promise<ChartIdentity>;
  /**
   * The checked `.tgz`: bounded, without links, nothing in it that helm would fetch.
   * @throws TransientError when it can't be read.
   */
  readonly archive: (chart: ChartIdentity) => Promise<Uint8Array>;
}

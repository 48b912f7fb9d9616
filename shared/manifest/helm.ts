export interface HelmTemplateRequest {
  readonly release: string;
  readonly namespace: string;
  /** A checked chart archive (`.tgz`). */
  readonly archive: Uint8Array;
  readonly values: Readonly<Record<string, unknown>>;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
}

/** The template engine of charts. */
export interface Helm {
  /**
   * Renders a chart without hooks and tests, and gives helm's text as it is.
   * @throws UnprocessableError `render-failed` with helm's words, `render-limit` naming the limit that was hit.
   */
  readonly template: (request: HelmTemplateRequest) => Promise<string>;
  /** e.g. `v4.1.4`; part of the render key. */
  readonly version: () => Promise<string>;
}

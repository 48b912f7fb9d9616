import type { RenderedFile } from '../output/rendered-file.ts';
import type { ResolvedManifest } from '../resolved-manifest.ts';

export interface PatchRequest extends Pick<ResolvedManifest, 'strategicMergePatches' | 'json6902Patches'> {
  /** What is patched; each file has objects in it, and no object is in two. */
  readonly files: readonly RenderedFile[];
}

/** What applies patches. */
export interface Kustomize {
  /**
   * Applies the strategic merge patches, then the JSON patches; gives all objects as one text, in the order of the files.
   * @throws UnprocessableError `render-failed` with kustomize's words, `render-limit` naming the limit that was hit.
   */
  readonly patch: (request: PatchRequest) => Promise<string>;
  /** e.g. `v5.7.1`; part of the render key of whatever has patches. */
  readonly version: () => Promise<string>;
}

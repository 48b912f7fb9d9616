import type { Page, PageRequest } from '../artifact/browse-artifacts.ts';
import type { Release } from './release.ts';

/** Releases of one environment, or of one target in it. */
export interface ReleaseFilter {
  readonly env: string;
  readonly app?: string;
  /** Source repository of the artifact. */
  readonly repository?: string;
  /** Unix milliseconds of creation, both included. */
  readonly since?: number;
  readonly until?: number;
  /** What whoever asks may look at; everything unless given. */
  readonly visible?: (release: Release) => boolean;
}

/** Releases that wait for approval: all, or those of an environment or an app. */
export interface WaitingFilter extends Partial<Pick<ReleaseFilter, 'env' | 'app'>> {
  /** What whoever asks may look at. */
  readonly visible: (release: Release) => boolean;
}

export interface WaitingBrowser {
  /** Newest first; from an index, so it may lag. */
  browseWaiting(filter: WaitingFilter, page: PageRequest): Promise<Page<Release>>;
}

export interface ReleasePageRequest extends PageRequest {
  readonly oldestFirst?: boolean;
}

export interface ReleaseBrowser {
  /** Newest first, unless `oldestFirst`. */
  list(filter: ReleaseFilter, page: ReleasePageRequest): Promise<Page<Release>>;
}

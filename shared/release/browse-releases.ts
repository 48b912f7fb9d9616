import type { Page, PageRequest } from '../artifact/browse-artifacts.ts';
import type { Release } from './release.ts';

/** Releases of one environment, or of one target in it. */
export interface ReleaseFilter {
  readonly env: string;
  readonly app?: string;
  /** Unix milliseconds of creation, both included. */
  readonly since?: number;
  readonly until?: number;
  /** What whoever asks may look at; everything unless given. */
  readonly visible?: (release: Release) => boolean;
}

export interface ReleaseBrowser {
  list(filter: ReleaseFilter, page: PageRequest): Promise<Page<Release>>;
}

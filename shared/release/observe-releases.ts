import type { Releases } from './ports.ts';
import type { Release } from './release.ts';
import { isTerminal } from './release-state.ts';

/** Releases, and whoever wants to know is told of each move that was really made: once, by who made it. */
export function observeReleases(
  releases: Releases,
  told: { readonly ended?: (release: Release) => void; readonly ready?: (release: Release) => void },
): Releases {
  return {
    create: (release, mark) => releases.create(release, mark),
    get: (id) => releases.get(id),
    recordCommit: (release, written) => releases.recordCommit(release, written),
    async move(release, change, mark) {
      const moved = await releases.move(release, change, mark);
      if (moved && isTerminal(moved.state)) told.ended?.(moved);
      // A writer hands back what a git server refused: that is no news.
      if (moved?.renderedAt !== undefined && release.renderedAt === undefined) told.ready?.(moved);
      return moved;
    },
  };
}

import type { ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import { type Channel, isWanted } from '../notification/channel.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';
import { releaseNotice } from './release-notice.ts';

export interface AnnouncePorts {
  readonly channels: readonly Channel[];
  /** Without one the sweeper sends what is to be told. */
  readonly outbox?: Outbox;
  readonly resend: ResendPolicy;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/**
 * Releases whose end is told: the very write that ends one marks it for the notifier, if some channel wants to know.
 * Where none does, nothing is written more than before.
 */
export function announceEndings<R extends Pick<Releases, 'move'>>(
  releases: R,
  { channels, outbox, resend, clock }: AnnouncePorts,
): R {
  const move: Releases['move'] = async (release, change, mark) => {
    const next: Release = { ...release, ...change, revision: release.revision + 1 };
    const notice = mark ? undefined : releaseNotice(next);
    if (!notice || !channels.some((channel) => isWanted(channel, notice))) {
      return releases.move(release, change, mark);
    }
    const message = { type: 'ending', releaseId: release.id } as const;
    const ending = newMark({ queue: 'notifications', message, version: next.revision }, clock(), resend);
    const moved = await releases.move(release, change, ending);
    if (moved) await outbox?.send({ itemId: moved.id, mark: ending });
    return moved;
  };
  return Object.assign(Object.create(releases) as R, { move });
}

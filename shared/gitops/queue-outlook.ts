import type { Release } from '../release/release.ts';
import { isTerminal } from '../release/release-state.ts';
import { pushesPerMinute } from '../release/settings.ts';
import { nextPushAt } from './pace.ts';
import type { WriterPorts } from './ports.ts';
import { MAX_BATCH } from './select-batch.ts';
import { type LookPorts, lookAtLine } from './take-turn.ts';

/** What a release that is not written yet waits for. */
export interface QueueOutlook {
  /** 1: of what is ready for the branch, it is the next; behind all of it while it is still to be rendered. */
  readonly position: number;
  /** When it is written at the earliest, unix milliseconds. */
  readonly expectedAt: number;
  /** The release of its target that must end before it is its turn. */
  readonly after?: string;
  /** Why the branch is left alone for now, in the git server's words. */
  readonly paused?: string;
}

export interface OutlookPorts
  extends Pick<WriterPorts, 'ready' | 'pauses' | 'journals' | 'settings' | 'clock'>,
    LookPorts {}

/** Where a release stands in the queue of its branch; undefined while it waits for people, and when it has ended. */
export async function queueOutlook(ports: OutlookPorts, release: Release): Promise<QueueOutlook | undefined> {
  if (isTerminal(release.state) || release.state === 'waiting') return undefined;
  const ref = { url: release.location.repo, branch: release.location.branch };
  const [ready, pause, journal, line] = await Promise.all([
    ports.ready.list(ref, MAX_BATCH),
    ports.pauses.read(ref),
    ports.journals.read(ref),
    release.inLine === true ? lookAtLine(ports, release) : undefined,
  ]);
  const ahead = ready.indexOf(release.id);
  const now = ports.clock();
  const next = nextPushAt(journal.pushes, pushesPerMinute(ports.settings, ref.url), now);
  return {
    position: (ahead < 0 ? ready.length : ahead) + 1,
    expectedAt: Math.max(next, pause?.until ?? now),
    ...(line?.before !== undefined && { after: line.before }),
    ...(pause && { paused: pause.reason }),
  };
}

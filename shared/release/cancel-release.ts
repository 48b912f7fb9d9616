import { ConflictError } from '../errors/errors.ts';
import type { Outbox } from '../messages/outbox.ts';
import { type NamedReleasesPorts, namedReleases } from './named-releases.ts';
import type { Releases } from './ports.ts';
import type { Release, TargetName } from './release.ts';
import type { LanePorts } from './release-marks.ts';
import { canMove } from './release-state.ts';
import { wakeFollowers } from './wake-followers.ts';

export interface CancelPorts extends LanePorts, NamedReleasesPorts {
  readonly releases: Pick<Releases, 'get' | 'move'>;
  readonly outbox: Outbox;
}

export interface CancelContext {
  readonly cancelledBy: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Throws when whoever asks may not do it to a target: asked of each before anything is written. */
  readonly check?: (target: TargetName) => void;
}

const ATTEMPTS = 5;

/**
 * Takes back a release, or all those of a request that the writer has not had yet. Cancelling twice is cancelling
 * once.
 * @throws as namedReleases; ConflictError `too-late` when there is nothing left to take back.
 */
export async function cancelRelease(
  ports: CancelPorts,
  id: string,
  context: CancelContext,
): Promise<Release[]> {
  const ended: Release[] = [];
  for (const release of await namedReleases(ports, id, context.check)) {
    ended.push(await cancel(ports, release, context));
  }
  const [first] = ended;
  if (first && !ended.some(({ state }) => state === 'cancelled')) throw tooLate(first);
  return ended;
}

/** The release as it is then: it may have gone on meanwhile. */
async function cancel(ports: CancelPorts, found: Release, context: CancelContext): Promise<Release> {
  let release = found;
  for (let attempt = 0; attempt < ATTEMPTS && isCancellable(release); attempt += 1) {
    const moved = await ports.releases.move(release, {
      state: 'cancelled',
      outcomeReason: `cancelled by ${context.cancelledBy}`,
      times: { ...release.times, cancelled: context.now },
    });
    if (moved) {
      await wakeFollowers(ports, moved, context.now);
      return moved;
    }
    release = (await ports.releases.get(release.id)) ?? release;
  }
  return release;
}

/** What the writer once had may be in the repo, though a server refused it: a push can arrive late. */
function isCancellable({ state, times }: Release): boolean {
  return canMove(state, 'cancelled') && times.writing === undefined;
}

function tooLate({ id, app, env, state }: Release): ConflictError {
  return new ConflictError(
    'too-late',
    `Release '${id}' can't be cancelled any more: it is ${state}. ` +
      `\`gimlet release rollback --env ${env} --app ${app} --to ID\` goes back to what was before.`,
  );
}

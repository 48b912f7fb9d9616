import { ConflictError, NotFoundError, TransientError } from '../errors/errors.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Releases, Requests } from './ports.ts';
import type { Release, TargetName } from './release.ts';
import { type LanePorts, writeMark } from './release-marks.ts';
import { canMove } from './release-state.ts';

export interface CancelPorts extends LanePorts {
  readonly releases: Pick<Releases, 'get' | 'move'>;
  readonly requests: Pick<Requests, 'get'>;
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

export function unknownRelease(id: string): NotFoundError {
  return new NotFoundError('release-not-found', `There is no release and no request '${id}'.`);
}

/**
 * Takes back a release, or all those of a request that the writer has not had yet. Cancelling twice is cancelling
 * once.
 * @throws NotFoundError `release-not-found`; ConflictError `too-late` when there is nothing left to take back.
 */
export async function cancelRelease(
  ports: CancelPorts,
  id: string,
  context: CancelContext,
): Promise<Release[]> {
  const release = await ports.releases.get(id);
  if (release) context.check?.(release);
  if (release) return [cancelledOf(await cancel(ports, release, context))];
  const request = await ports.requests.get(id);
  if (!request) throw unknownRelease(id);
  for (const target of request.targets) context.check?.(target);
  if (request.state === 'accepted') {
    throw new TransientError('not-made-yet', `The releases of request '${id}' are being made: try again.`);
  }
  const ended: Release[] = [];
  for (const { releaseId } of request.targets) {
    const one = await ports.releases.get(releaseId);
    if (one) ended.push(await cancel(ports, one, context));
  }
  const last = ended[0];
  if (last && !ended.some(({ state }) => state === 'cancelled')) cancelledOf(last);
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

/** Where each is written in its turn, it is the next one's now; should the writer not hear of it, that one's mark tells it. */
async function wakeFollowers(ports: CancelPorts, cancelled: Release, now: number): Promise<void> {
  if (cancelled.inLine !== true) return;
  const mark = writeMark(cancelled, cancelled.revision, now, ports);
  await ports.outbox.send({ itemId: cancelled.id, mark });
}

/** What the writer once had may be in the repo, though a server refused it: a push can arrive late. */
function isCancellable({ state, times }: Release): boolean {
  return canMove(state, 'cancelled') && times.writing === undefined;
}

function cancelledOf(release: Release): Release {
  if (release.state === 'cancelled') return release;
  const { id, app, env, state } = release;
  throw new ConflictError(
    'too-late',
    `Release '${id}' can't be cancelled any more: it is ${state}. ` +
      `\`gimlet release rollback --env ${env} --app ${app} --to ID\` goes back to what was before.`,
  );
}

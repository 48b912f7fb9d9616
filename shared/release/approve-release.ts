import { ConflictError, ForbiddenError, TransientError } from '../errors/errors.ts';
import type { Mark } from '../messages/mark.ts';
import { type GivenApproval, hasApproved, isApproved, type Person, withApproval } from './approval.ts';
import { partiality } from './may-approve.ts';
import { type NamedReleasesPorts, namedReleases } from './named-releases.ts';
import type { ArtifactReader } from './ports.ts';
import { begun, type Release, type TargetName } from './release.ts';
import { approvalMark, beginningMark } from './release-marks.ts';
import {
  endWaiting,
  isWaiting,
  nextLook,
  type WaitingRelease,
  type WaitingReleasePorts,
  waitingEnd,
} from './waiting-release.ts';

export interface ApprovePorts extends WaitingReleasePorts, NamedReleasesPorts {
  readonly releases: WaitingReleasePorts['releases'];
  readonly artifacts: ArtifactReader;
}

export interface ApproveContext {
  readonly by: Person;
  readonly reason?: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** Throws when whoever asks may not do it to a target: asked of each before anything is written. */
  readonly check?: (target: TargetName) => void;
}

const ATTEMPTS = 10;

/**
 * Approves a release, or all those of a request that wait; with the last approval that it needs it begins. Approving
 * twice is approving once.
 * @throws as namedReleases; ForbiddenError `own-release` for whoever asked for it or wrote its commit; ConflictError
 *   `not-waiting` when it does not wait (any more), and the release has ended then where its time is over or what was to
 *   be approved is another by now.
 */
export async function approveRelease(
  ports: ApprovePorts,
  id: string,
  context: ApproveContext,
): Promise<Release[]> {
  const found = await namedReleases(ports, id, context.check);
  for (const release of found) refusePartial(release, context.by);
  const approved: Release[] = [];
  for (const release of found) approved.push(await approve(ports, release, context));
  // Somebody else may have settled meanwhile what was found waiting: only who is counted may be told so.
  const isCounted = ({ approval }: Release) => approval !== undefined && hasApproved(approval, context.by);
  if (!approved.some(isCounted)) throw notWaiting(id, approved);
  return approved;
}

/**
 * Refuses a release, or all those of a request that wait, for a reason. Rejecting twice is rejecting once.
 * @throws as namedReleases; ConflictError `not-waiting` when there is nothing left to reject.
 */
export async function rejectRelease(
  ports: ApprovePorts,
  id: string,
  { by, reason, now, check }: ApproveContext & { readonly reason: string },
): Promise<Release[]> {
  const rejected: Release[] = [];
  for (const release of await namedReleases(ports, id, check)) {
    const end = { state: 'rejected', outcomeReason: `rejected by ${by.name}: ${reason}` } as const;
    rejected.push(await whileWaiting(ports, release, (waiting) => endWaiting(ports, waiting, end, now)));
  }
  if (!rejected.some(({ state }) => state === 'rejected')) throw notWaiting(id, rejected);
  return rejected;
}

function refusePartial(release: Release, by: Person): void {
  const why = isWaiting(release) ? partiality(release, by) : undefined;
  if (why === undefined) return;
  throw new ForbiddenError(
    'own-release',
    `'${by.name}' can't approve release '${release.id}': who approves it must be another than whoever asked for ` +
      `it and whoever wrote its commit, and '${by.name}' ${why}.`,
  );
}

function notWaiting(id: string, found: readonly Release[]): ConflictError {
  const [first] = found;
  const state = first === undefined ? 'it has no releases' : `it is ${first.state}`;
  const why = first?.outcomeReason === undefined ? '' : ` (${first.outcomeReason})`;
  return new ConflictError('not-waiting', `'${id}' does not wait for approval: ${state}${why}.`);
}

async function approve(
  ports: ApprovePorts,
  release: Release,
  { by, reason, now }: ApproveContext,
): Promise<Release> {
  const given = { id: by.id, name: by.name, at: now, ...(reason !== undefined && { reason }) };
  return whileWaiting(ports, release, async (waiting) => {
    const end = await waitingEnd(ports, waiting, now, await storedDigest(ports, waiting));
    if (end) {
      const ended = await endWaiting(ports, waiting, end, now);
      if (ended) throw notWaiting(ended.id, [ended]);
      return undefined;
    }
    return hasApproved(waiting.approval, by) ? waiting : addApproval(ports, waiting, given, now);
  });
}

/** Tries a step on the release as it is, again when somebody else moved it meanwhile; what does not wait stays as it is. */
async function whileWaiting(
  { releases }: ApprovePorts,
  found: Release,
  step: (release: WaitingRelease) => Promise<Release | undefined>,
): Promise<Release> {
  let release = found;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (!isWaiting(release)) return release;
    const moved = await step(release);
    if (moved) return moved;
    release = (await releases.get(release.id)) ?? release;
  }
  throw new TransientError('release-busy', `Others are at release '${found.id}' right now; try again.`);
}

/** Of what a deploy releases, as it is stored now; what a rollback puts back or a delete takes away is no artifact. */
async function storedDigest(
  { artifacts }: ApprovePorts,
  { artifactId, artifactDigest }: Release,
): Promise<string | undefined> {
  if (artifactDigest === undefined) return undefined;
  return (await artifacts.get(artifactId))?.digest ?? 'none';
}

async function addApproval(
  ports: ApprovePorts,
  release: WaitingRelease,
  given: GivenApproval,
  now: number,
): Promise<Release | undefined> {
  const approval = withApproval(release.approval, given);
  if (!isApproved(approval)) {
    const mark = approvalMark(release, release.revision + 1, nextLook(approval, now));
    return ports.releases.move(release, { state: 'waiting', approval }, mark);
  }
  const { state, times } = begun(release, now);
  const mark: Mark = beginningMark(release, release.revision + 1, now, ports);
  const change = { state, approval, times: { ...release.times, ...times } };
  const moved = await ports.releases.move(release, change, mark);
  if (moved) await ports.outbox.send({ itemId: moved.id, mark });
  return moved;
}

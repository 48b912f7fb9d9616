import type { Outbox } from '../messages/outbox.ts';
import { type Approval, lapse, lateness } from './approval.ts';
import type { Releases, Targets } from './ports.ts';
import type { Release } from './release.ts';
import type { LanePorts } from './release-marks.ts';
import { approvalRule, type Settings } from './settings.ts';
import { wakeFollowers } from './wake-followers.ts';

/** A release that people must agree to before it begins. */
export type WaitingRelease = Release & { readonly state: 'waiting'; readonly approval: Approval };

export interface WaitingReleasePorts extends LanePorts {
  readonly releases: Pick<Releases, 'get' | 'move'>;
  readonly targets: Pick<Targets, 'get'>;
  readonly settings: Pick<Settings, 'environments' | 'writerLanes'>;
  readonly outbox: Outbox;
}

/** How waiting ends without a release. */
export interface WaitingEnd {
  readonly state: 'rejected' | 'expired' | 'superseded';
  readonly outcomeReason: string;
}

/** Whatever changes what is waited for is seen so long after it at the latest. */
const LOOK_AGAIN_MS = 10 * 60_000;

export function isWaiting(release: Release): release is WaitingRelease {
  return release.state === 'waiting' && release.approval !== undefined;
}

/** When a waiting release is to be looked after next; unix milliseconds, both. */
export function nextLook({ expiresAt }: Approval, now: number): number {
  return Math.min(expiresAt, now + LOOK_AGAIN_MS);
}

/**
 * Why there is nothing to wait for any more: the time is over, the rule or the artifact is another by now, or something
 * newer is written. Undefined while there is. `storedDigest`: of the artifact as it is, where that is known.
 */
export async function waitingEnd(
  { targets, settings }: Pick<WaitingReleasePorts, 'targets' | 'settings'>,
  release: WaitingRelease,
  now: number,
  storedDigest?: string,
): Promise<WaitingEnd | undefined> {
  const { approval, env, artifactDigest, order } = release;
  const late = lateness(approval, now);
  if (late !== undefined) return { state: 'expired', outcomeReason: `not approved in time: ${late}` };
  const digests = { approved: artifactDigest, stored: storedDigest };
  const lapsed = lapse(approval, approvalRule(settings, env), digests);
  if (lapsed !== undefined) return { state: 'expired', outcomeReason: `approvals of ${env}: ${lapsed}` };
  const { running } = await targets.get(release);
  if (running === undefined || running.order < order) return undefined;
  return {
    state: 'superseded',
    outcomeReason: `release ${running.releaseId} came after it and is written`,
  };
}

/** Ends the waiting; undefined when somebody else moved the release meanwhile. */
export async function endWaiting(
  ports: WaitingReleasePorts,
  release: WaitingRelease,
  { state, outcomeReason }: WaitingEnd,
  now: number,
): Promise<Release | undefined> {
  const times = { ...release.times, [state]: now };
  const ended = await ports.releases.move(release, { state, outcomeReason, times });
  if (ended) await wakeFollowers(ports, ended, now);
  return ended;
}

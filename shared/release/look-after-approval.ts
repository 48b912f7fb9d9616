import { type NoticePorts, putNotice } from '../notification/notify.ts';
import type { WaitingReleases } from './ports.ts';
import type { Release } from './release.ts';
import { approvalMark } from './release-marks.ts';
import { releaseNotice } from './release-notice.ts';
import type { Settings } from './settings.ts';
import { endWaiting, isWaiting, nextLook, type WaitingReleasePorts, waitingEnd } from './waiting-release.ts';

export interface LookAfterApprovalPorts extends WaitingReleasePorts {
  readonly releases: WaitingReleases;
  readonly notices: NoticePorts['notices'];
  readonly settings: WaitingReleasePorts['settings'] & Pick<Settings, 'notifications'>;
}

/**
 * Tells that a release waits for approval, ends it when there is nothing to wait for any more, and sees to it that this
 * is looked at again. Answers the release afterwards; undefined when it is not there, or somebody else moved it.
 */
export async function lookAfterApproval(
  ports: LookAfterApprovalPorts,
  { releaseId }: { readonly releaseId: string },
  now: number,
): Promise<Release | undefined> {
  const release = await ports.releases.get(releaseId);
  if (!release || !isWaiting(release)) return release;
  const end = await waitingEnd(ports, release, now);
  if (end) return endWaiting(ports, release, end, now);
  const notice = releaseNotice(release);
  if (notice) await putNotice({ ...ports, channels: ports.settings.notifications }, notice, now);
  const dueAt = nextLook(release.approval, now);
  await ports.releases.lookAgain(release, approvalMark(release, release.revision, dueAt));
  return release;
}

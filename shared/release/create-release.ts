import type { Mark, ResendPolicy } from '../messages/mark.ts';
import type { Letter, Outbox } from '../messages/outbox.ts';
import { neededApproval } from './approval.ts';
import type { Releases } from './ports.ts';
import { type NewRelease, newRelease, type Release } from './release.ts';
import { approvalMark, beginningMark, type LanePorts } from './release-marks.ts';
import { approvalRule, type Settings } from './settings.ts';

export interface CreateReleasePorts {
  readonly releases: Releases;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly settings: Settings;
}

/**
 * Makes the release that a decision asked for; answers what is to be sent for it, nothing when it is there already. It
 * waits first where its environment asks for approvals: whatever is released comes by here.
 */
export async function createRelease(
  ports: Omit<CreateReleasePorts, 'outbox'>,
  fields: NewRelease,
  now: number,
): Promise<readonly Letter[]> {
  const rule = approvalRule(ports.settings, fields.env);
  const release = newRelease(fields, now, rule && neededApproval(rule, now));
  const mark = firstMark(ports, release, now);
  return (await ports.releases.create(release, mark)) ? [{ itemId: release.id, mark }] : [];
}

function firstMark(ports: LanePorts, release: Release, now: number): Mark {
  if (release.state !== 'waiting') return beginningMark(release, release.revision, now, ports);
  return { ...approvalMark(release, release.revision, now + ports.resend.firstMs), sends: 1 };
}

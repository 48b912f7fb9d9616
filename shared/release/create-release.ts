import type { Mark, ResendPolicy } from '../messages/mark.ts';
import type { Letter, Outbox } from '../messages/outbox.ts';
import type { Releases } from './ports.ts';
import { type NewRelease, newRelease, type Release } from './release.ts';
import { type LanePorts, renderMark, writeMark } from './release-marks.ts';
import type { Settings } from './settings.ts';

export interface CreateReleasePorts {
  readonly releases: Releases;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly settings: Settings;
}

/** Makes the release that a decision asked for; answers what is to be sent for it, nothing when it is there already. */
export async function createRelease(
  ports: Omit<CreateReleasePorts, 'outbox'>,
  fields: NewRelease,
  now: number,
): Promise<readonly Letter[]> {
  const release = newRelease(fields, now);
  const mark = firstMark(ports, release, now);
  return (await ports.releases.create(release, mark)) ? [{ itemId: release.id, mark }] : [];
}

function firstMark(ports: LanePorts, release: Release, now: number): Mark {
  if (release.change.kind === 'deploy') return renderMark(release, release.revision, now, ports.resend);
  return writeMark(release, release.revision, now, ports);
}

import type { Mark, ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Releases } from './ports.ts';
import { type NewRelease, newRelease, type Release } from './release.ts';
import { renderMark, writeMark } from './release-marks.ts';
import type { Settings } from './settings.ts';

export interface CreateReleasePorts {
  readonly releases: Releases;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly settings: Settings;
}

/** Makes the release that a decision asked for, unless it is there already; answers whether it was made now. */
export async function createRelease(
  ports: CreateReleasePorts,
  fields: NewRelease,
  now: number,
): Promise<boolean> {
  const release = newRelease(fields, now);
  const mark = firstMark(ports, release, now);
  if (!(await ports.releases.create(release, mark))) return false;
  await ports.outbox.send(release.id, mark);
  return true;
}

function firstMark({ resend, settings }: CreateReleasePorts, release: Release, now: number): Mark {
  if (release.change.kind === 'deploy') return renderMark(release, release.revision, now, resend);
  return writeMark(release, release.revision, now, { resend, writerLanes: settings.writerLanes });
}

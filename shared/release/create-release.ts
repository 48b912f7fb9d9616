import type { ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Releases } from './ports.ts';
import { type NewRelease, newRelease } from './release.ts';
import { renderMark } from './release-marks.ts';

export interface CreateReleasePorts {
  readonly releases: Releases;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
}

/** Makes the release that a decision asked for, unless it is there already; answers whether it was made now. */
export async function createRelease(
  ports: CreateReleasePorts,
  fields: NewRelease,
  now: number,
): Promise<boolean> {
  const release = newRelease(fields, now);
  const mark = renderMark(release, release.revision, now, ports.resend);
  if (!(await ports.releases.create(release, mark))) return false;
  await ports.outbox.send(release.id, mark);
  return true;
}

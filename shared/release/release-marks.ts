import { createHash } from 'node:crypto';
import type { Mark, ResendPolicy } from '../messages/mark.ts';
import { newMark } from '../messages/new-mark.ts';
import type { Release } from './release.ts';
import type { GitOpsLocation, Settings } from './settings.ts';

/** What comes next for a queued release: a renderer. `revision` is the one that is about to be written. */
export function renderMark(release: Release, revision: number, now: number, resend: ResendPolicy): Mark {
  const message = { type: 'render', releaseId: release.id, ...correlation(release) } as const;
  return newMark({ queue: 'render-requests', message, version: revision }, now, resend);
}

/** Has a release that waits for approval looked after at `dueAt`; `revision` is the one that is about to be written. */
export function approvalMark(release: Release, revision: number, dueAt: number): Mark {
  const message = { type: 'approval', releaseId: release.id, ...correlation(release) } as const;
  return { queue: 'events', message, version: revision, sends: 0, dueAt };
}

export interface LanePorts {
  readonly resend: ResendPolicy;
  readonly settings: Pick<Settings, 'writerLanes'>;
}

/** What comes next for a ready release: the writer of its lane. */
export function writeMark(
  release: Release,
  revision: number,
  now: number,
  { resend, settings }: LanePorts,
): Mark {
  const message = { type: 'write', releaseId: release.id, ...correlation(release) } as const;
  const group = writerLane(release.location, settings.writerLanes);
  return newMark({ queue: 'gitops-writes', message, group, version: revision }, now, resend);
}

/** What comes next for a release that begins. */
export function beginningMark(release: Release, revision: number, now: number, ports: LanePorts): Mark {
  if (release.change.kind === 'deploy') return renderMark(release, revision, now, ports.resend);
  return writeMark(release, revision, now, ports);
}

/** The lane of a branch: all its writes go through one writer at a time. */
export function writerLane(
  { repo, branch }: Pick<GitOpsLocation, 'repo' | 'branch'>,
  writerLanes: number,
): string {
  const hash = createHash('sha256').update(`${repo}#${branch}`).digest();
  return `lane-${hash.readUInt32BE(0) % writerLanes}`;
}

function correlation({ correlationId }: Release): { readonly correlationId?: string } {
  return correlationId === undefined ? {} : { correlationId };
}

import type { DriftRecords, Releases, Targets } from './ports.ts';
import {
  type Asked,
  type RecordPorts,
  type RequestContext,
  recordRequest,
  type Wanted,
} from './record-request.ts';
import type { TargetName } from './release.ts';
import type { ReleaseRequest } from './request.ts';
import { nothingRuns, runs } from './running.ts';

export interface FindDeletionPorts {
  readonly targets: Pick<Targets, 'get'>;
  readonly releases: Pick<Releases, 'get'>;
  readonly drift: Pick<DriftRecords, 'listOf'>;
}

export interface DeletionPorts extends RecordPorts, FindDeletionPorts {
  readonly targets: RecordPorts['targets'];
}

export type DeletionOrder = TargetName & Pick<Asked, 'overrideFreeze'>;

/**
 * Asks for an app to be taken out of an environment.
 * @throws NotFoundError `nothing-runs`, and what `recordRequest` throws.
 */
export function requestDeletion(
  ports: DeletionPorts,
  order: DeletionOrder,
  context: RequestContext,
): Promise<ReleaseRequest> {
  return recordRequest(ports, { kind: 'delete', ...order }, context, () => findDeletion(ports, order));
}

/** What a delete would take away, checked in full; nothing is written. @throws as `requestDeletion`. */
export async function findDeletion(
  { targets, releases, drift }: FindDeletionPorts,
  { app, env }: TargetName,
): Promise<Wanted[]> {
  const target = await targets.get({ app, env });
  if (!runs(target)) throw await nothingRuns(drift, env, app);
  const release = await releases.get(target.running.releaseId);
  if (!release) throw new Error(`release ${target.running.releaseId}, which runs, is gone`);
  const { artifactId, manifestIndex, version } = release;
  return [{ app, env, artifactId, manifestIndex, version, basis: release.id }];
}

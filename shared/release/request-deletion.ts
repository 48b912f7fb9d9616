import type { DriftRecords, Releases } from './ports.ts';
import { type Asked, type RecordPorts, type RequestContext, recordRequest } from './record-request.ts';
import type { TargetName } from './release.ts';
import type { ReleaseRequest } from './request.ts';
import { nothingRuns, runs } from './running.ts';

export interface DeletionPorts extends RecordPorts {
  readonly releases: Pick<Releases, 'get'>;
  readonly drift: Pick<DriftRecords, 'listOf'>;
}

/**
 * Asks for an app to be taken out of an environment.
 * @throws NotFoundError `nothing-runs`, and what `recordRequest` throws.
 */
export function requestDeletion(
  ports: DeletionPorts,
  order: TargetName & Pick<Asked, 'overrideFreeze'>,
  context: RequestContext,
): Promise<ReleaseRequest> {
  const { app, env } = order;
  return recordRequest(ports, { kind: 'delete', ...order }, context, async () => {
    const target = await ports.targets.get({ app, env });
    if (!runs(target)) throw await nothingRuns(ports.drift, env, app);
    const release = await ports.releases.get(target.running.releaseId);
    if (!release) throw new Error(`release ${target.running.releaseId}, which runs, is gone`);
    const { artifactId, manifestIndex, version } = release;
    return [{ app, env, artifactId, manifestIndex, version, basis: release.id }];
  });
}

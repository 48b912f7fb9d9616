import type { Decision } from '../policy/decision.ts';
import { type CreateReleasePorts, createRelease } from './create-release.ts';
import type { ArtifactReader, Decisions, Requests } from './ports.ts';
import type { ReleaseRequest, RequestedTarget } from './request.ts';
import { gitOpsLocation, type Settings } from './settings.ts';

export interface ExecuteRequestPorts extends CreateReleasePorts {
  readonly requests: Requests;
  readonly artifacts: ArtifactReader;
  readonly decisions: Decisions;
  readonly settings: Settings;
}

/**
 * Makes the decisions and releases of a recorded request; what is there already stays as it is. Undefined when there
 * is no such request.
 */
export async function executeRequest(
  ports: ExecuteRequestPorts,
  message: { readonly requestId: string },
  now: number,
): Promise<ReleaseRequest | undefined> {
  const request = await ports.requests.get(message.requestId);
  if (!request) return undefined;
  if (request.state === 'executed') return request;
  const artifact = await ports.artifacts.get(request.artifactId);
  if (!artifact)
    throw new Error(`request ${request.id} is for artifact ${request.artifactId}, which is gone`);

  const { triggeredBy, correlationId, overrideFreeze } = request;
  for (const target of request.targets) {
    const decision = await ports.decisions.putOnce(decisionOf(request, target, now), target.manifestIndex);
    await createRelease(
      ports,
      {
        id: target.releaseId,
        app: target.app,
        env: target.env,
        change: { kind: 'deploy' },
        artifactId: artifact.id,
        manifestIndex: target.manifestIndex,
        version: artifact.version,
        cause: decision.cause,
        automatic: false,
        triggeredBy,
        reason: decision.sentence,
        order: target.order,
        location: gitOpsLocation(ports.settings, target.env),
        ...(overrideFreeze !== undefined && { freezeOverride: overrideFreeze }),
        ...(correlationId !== undefined && { correlationId }),
      },
      now,
    );
  }
  await ports.requests.markExecuted(request);
  return { ...request, state: 'executed' };
}

function decisionOf(request: ReleaseRequest, target: RequestedTarget, now: number): Decision {
  const { triggeredBy, overrideFreeze } = request;
  const inSpite = overrideFreeze === undefined ? '' : `, whatever is frozen: ${overrideFreeze}`;
  return {
    artifactId: request.artifactId,
    app: target.app,
    env: target.env,
    cause: `request:${request.id}`,
    outcome: 'released',
    conditions: [],
    sentence: `released by ${triggeredBy}${inSpite}`,
    decidedAt: now,
    release: { id: target.releaseId, order: target.order, manifestIndex: target.manifestIndex },
  };
}

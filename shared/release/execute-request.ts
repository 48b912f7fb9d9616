import type { Artifact } from '../artifact/artifact.ts';
import { inParallel } from '../concurrency/in-parallel.ts';
import type { Decision } from '../policy/decision.ts';
import { type ApprovalRule, countText } from './approval.ts';
import { type CreateReleasePorts, createRelease } from './create-release.ts';
import type { ArtifactReader, Decisions, Requests } from './ports.ts';
import type { NewRelease, Release } from './release.ts';
import type { ReleaseRequest, RequestedTarget } from './request.ts';
import { REQUEST_ACTIONS } from './request-actions.ts';
import { restoring } from './request-rollback.ts';
import { approvalRule, gitOpsLocation, type Settings } from './settings.ts';

export interface ExecuteRequestPorts extends CreateReleasePorts {
  readonly requests: Requests;
  readonly artifacts: ArtifactReader;
  readonly decisions: Decisions;
  readonly settings: Settings;
}

const PARALLEL = 20;

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
  const letters = await inParallel(request.targets, PARALLEL, async (target) =>
    createRelease(ports, await releaseOf(ports, request, target, now), now),
  );
  await ports.outbox.send(...letters.flat());
  await ports.requests.markExecuted(request);
  return { ...request, state: 'executed' };
}

async function releaseOf(
  ports: ExecuteRequestPorts,
  request: ReleaseRequest,
  target: RequestedTarget,
  now: number,
): Promise<NewRelease> {
  const { triggeredBy, callerId, kind, overrideFreeze, correlationId } = request;
  return {
    id: target.releaseId,
    app: target.app,
    env: target.env,
    artifactId: target.artifactId,
    manifestIndex: target.manifestIndex,
    cause: `request:${request.id}`,
    automatic: false,
    triggeredBy,
    order: target.order,
    ...(target.inLine === true && { inLine: true }),
    location: gitOpsLocation(ports.settings, target.env),
    ...(await contentOf(ports, request, target, now)),
    ...(callerId !== undefined && {
      askedBy: [{ id: callerId, name: triggeredBy }],
      authority: { callerId, action: REQUEST_ACTIONS[kind] },
    }),
    ...(overrideFreeze !== undefined && { freezeOverride: overrideFreeze }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** What comes into the directory, and why: of an artifact by a decision, or as an earlier release had left it. */
async function contentOf(
  ports: ExecuteRequestPorts,
  request: ReleaseRequest,
  target: RequestedTarget,
  now: number,
): Promise<Pick<NewRelease, 'change' | 'version' | 'reason' | 'artifactDigest'>> {
  if (target.basis === undefined) {
    const { version, digest } = await artifactOf(ports, request, target);
    const decision = decisionOf(request, target, approvalRule(ports.settings, target.env), now);
    const [stored = decision] = await ports.decisions.putOnce([decision], target.manifestIndex);
    return { change: { kind: 'deploy' }, version, artifactDigest: digest, reason: stored.sentence };
  }
  const basis = await basisOf(ports, request, target.basis);
  if (request.kind === 'delete') {
    return { change: { kind: 'delete' }, version: basis.version, reason: by('deleted', request) };
  }
  const reason = by('rolled back', request, ` to release ${basis.id}`);
  return { change: restoring(basis), version: basis.version, reason };
}

async function artifactOf(
  { artifacts }: ExecuteRequestPorts,
  { id }: ReleaseRequest,
  { artifactId }: RequestedTarget,
): Promise<Artifact> {
  const artifact = await artifacts.get(artifactId);
  if (!artifact) throw new Error(`request ${id} is for artifact ${artifactId}, which is gone`);
  return artifact;
}

async function basisOf(
  { releases }: ExecuteRequestPorts,
  { id }: ReleaseRequest,
  basis: string,
): Promise<Release> {
  const release = await releases.get(basis);
  if (!release) throw new Error(`request ${id} rests on release ${basis}, which is gone`);
  return release;
}

function decisionOf(
  request: ReleaseRequest,
  target: RequestedTarget,
  rule: ApprovalRule | undefined,
  now: number,
): Decision {
  const wanted = rule && countText(rule.required);
  return {
    artifactId: target.artifactId,
    app: target.app,
    env: target.env,
    cause: `request:${request.id}`,
    outcome: wanted === undefined ? 'released' : 'awaitingApproval',
    conditions: wanted === undefined ? [] : [{ name: 'approval', holds: false, wanted, saw: 'none so far' }],
    sentence: by(
      request.kind === 'promote' ? 'promoted' : 'released',
      request,
      wanted === undefined ? '' : ` after ${wanted}`,
    ),
    decidedAt: now,
    release: { id: target.releaseId, order: target.order, manifestIndex: target.manifestIndex },
  };
}

function by(done: string, { triggeredBy, overrideFreeze }: ReleaseRequest, more = ''): string {
  const inSpite = overrideFreeze === undefined ? '' : `, whatever is frozen: ${overrideFreeze}`;
  return `${done} by ${triggeredBy}${more}${inSpite}`;
}

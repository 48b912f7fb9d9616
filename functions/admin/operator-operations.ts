import { authorize } from '../../shared/access/authorize.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { EVERYWHERE } from '../../shared/access/resource.ts';
import type { Artifact } from '../../shared/artifact/artifact.ts';
import { replayBody } from '../../shared/contract/operations.ts';
import { examine } from '../../shared/gitops/operate.ts';
import { manifestTargets } from '../../shared/policy/manifest-target.ts';
import { replayArtifact } from '../../shared/release/replay-artifact.ts';
import { unknownArtifact } from '../../shared/release/request-release.ts';
import { seesArtifact, targetResource } from '../../shared/release/resources.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { AdminPorts } from './admin.ts';
import { readBody } from './read-body.ts';

export function operatorOperations(ports: AdminPorts): HttpOperations {
  return {
    'POST /api/operations/doctor': (request) => doctor(ports, request),
    'POST /api/operations/redrive': (request) => redrive(ports, request),
    'POST /api/operations/replay': (request) => replay(ports, request),
  };
}

async function doctor({ functions }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'operations:read', EVERYWHERE);
  const findings = await examine(functions);
  return json(200, { healthy: findings.every(({ verdict }) => verdict !== 'wrong'), findings });
}

async function redrive({ functions }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'operations:write', EVERYWHERE);
  const redriven = await functions.redrive();
  request.annotate({ sent: redriven.sent, removed: redriven.removed, kept: redriven.kept.length });
  return json(200, redriven);
}

async function replay(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal, correlationId } = request;
  const { id: callerId, name } = authorize(principal, 'operations:write');
  const { artifactId } = readBody(request, replayBody);
  const check = (artifact: Artifact) => mayReplay(ports, principal, artifact);
  const context = { id: ports.newId(), by: { id: callerId, name }, correlationId, check };
  return json(202, await replayArtifact(ports, artifactId, context));
}

/** Whatever an artifact may be released to has to be covered; what the caller may not look at is not there. */
function mayReplay({ settings }: AdminPorts, principal: Principal, artifact: Artifact): void {
  if (!seesArtifact(principal, settings, artifact)) throw unknownArtifact(artifact.id);
  const repository = artifact.version.repositoryName;
  for (const { app, env, known } of manifestTargets(artifact)) {
    if (!known) continue;
    const resource = { ...targetResource(settings, { app, env }, artifact.id), repository };
    authorize(principal, 'operations:write', resource);
  }
}

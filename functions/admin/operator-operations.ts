import { authorize } from '../../shared/access/authorize.ts';
import { replayBody } from '../../shared/contract/operations.ts';
import { examine } from '../../shared/gitops/operate.ts';
import { replayArtifact } from '../../shared/release/replay-artifact.ts';
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
  authorize(request.principal, 'operations:read');
  const findings = await examine(functions);
  return json(200, { healthy: findings.every(({ verdict }) => verdict !== 'wrong'), findings });
}

async function redrive({ functions }: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'operations:write');
  const redriven = await functions.redrive();
  request.annotate({ sent: redriven.sent, removed: redriven.removed, kept: redriven.kept.length });
  return json(200, redriven);
}

async function replay(ports: AdminPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'operations:write');
  const { artifactId } = readBody(request, replayBody);
  const { correlationId } = request;
  return json(202, await replayArtifact(ports, artifactId, { id: ports.newId(), correlationId }));
}

import { authorize } from '../../shared/access/authorize.ts';
import { type AcceptPorts, acceptArtifact } from '../../shared/artifact/accept-artifact.ts';
import type { Artifact } from '../../shared/artifact/artifact.ts';
import type { ArtifactBrowser } from '../../shared/artifact/browse-artifacts.ts';
import { checkArtifact, type ManifestChecker } from '../../shared/artifact/check-artifact.ts';
import { ARTIFACT_LIMITS, parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import { parseJson } from '../../shared/artifact/parse-json.ts';
import { toArtifactAnswer, toDecisionAnswer } from '../../shared/contract/answer-mapping.ts';
import { decodeCursor, nextLink } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import type { MetricOf } from '../../shared/contract/metrics.ts';
import { artifactsQuery, parseQuery, pushQuery } from '../../shared/contract/query.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import { unknownArtifact } from '../../shared/release/request-release.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import type { Meter } from '../../shared/runtime/meter.ts';

export interface ArtifactsPorts extends AcceptPorts {
  readonly checker: ManifestChecker;
  readonly browser: ArtifactBrowser;
  readonly artifacts: {
    get(id: string): Promise<Artifact | undefined>;
    isDecided(id: string): Promise<boolean>;
  };
  readonly decisions: { listFor(artifactId: string): Promise<Decision[]> };
  readonly meter: Meter<MetricOf<'artifacts'>>;
  readonly clock: () => number;
}

const DECISIONS = '/decisions';
const BASE = '/api/artifacts/';

export function makeArtifacts(ports: ArtifactsPorts): HttpOperations {
  return {
    'POST /api/artifact': (request) => push(ports, request),
    'GET /api/artifacts': (request) => list(ports, request),
    'GET /api/artifacts/{id+}': (request) => show(ports, request),
  };
}

async function push(ports: ArtifactsPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'artifact:push');
  const { check } = parseQuery(pushQuery, request.query);
  const content = parseArtifact(parseJson(request.text(), ARTIFACT_LIMITS));
  if (check) await checkArtifact(ports.checker, content);
  const context = { now: ports.clock(), correlationId: request.correlationId };
  const { artifact, created } = await acceptArtifact(ports, content, context);
  request.annotate({ artifactId: artifact.id, created });
  if (created) ports.meter.record('ArtifactsAccepted');
  // A check waits for helm, which the objective does not promise to be quick.
  if (!check) ports.meter.record('AcceptLatency', Math.max(0, ports.clock() - request.receivedAt));
  return json(created ? 201 : 200, toArtifactAnswer(artifact));
}

async function list({ browser }: ArtifactsPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'artifact:read');
  const { limit, offset, cursor, view, sha, ...filter } = parseQuery(artifactsQuery, request.query, ['sha']);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query);
  const page = await browser.list(defined({ ...filter, shas: sha }), defined({ limit, offset, after }));
  const link = page.next === undefined ? {} : { link: nextLink(request.path, request.query, page.next) };
  return json(
    200,
    page.items.map((artifact) => toArtifactAnswer(artifact, view)),
    link,
  );
}

/** The id may hold `/` (sent percent-encoded, decoded by some gateways), so the path itself is taken apart. */
async function show(ports: ArtifactsPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'artifact:read');
  const id = idInPath(request.path, BASE);
  return id.endsWith(DECISIONS)
    ? showDecisions(ports, id.slice(0, -DECISIONS.length))
    : showArtifact(ports, id);
}

async function showArtifact({ artifacts }: ArtifactsPorts, id: string): Promise<HttpResponse> {
  const artifact = await artifacts.get(id);
  if (!artifact) throw unknownArtifact(id);
  return json(200, toArtifactAnswer(artifact));
}

async function showDecisions({ artifacts, decisions }: ArtifactsPorts, id: string): Promise<HttpResponse> {
  // Asked first: what is complete now has all its decisions in the list that is read next.
  const complete = await artifacts.isDecided(id);
  const found = await decisions.listFor(id);
  if (!complete && found.length === 0 && !(await artifacts.get(id))) throw unknownArtifact(id);
  return json(200, { complete, decisions: found.map(toDecisionAnswer) });
}

import { authorize, may } from '../../shared/access/authorize.ts';
import type { Caller, Principal } from '../../shared/access/principal.ts';
import { builtVersion } from '../../shared/access/trust/built-version.ts';
import { issueReadToken, type ReadTokens } from '../../shared/access/trust/read-token.ts';
import { type UsedIdentities, useIdentity } from '../../shared/access/trust/use-identity.ts';
import { type AcceptPorts, acceptArtifact } from '../../shared/artifact/accept-artifact.ts';
import type { Artifact, ArtifactContent } from '../../shared/artifact/artifact.ts';
import type { ArtifactBrowser } from '../../shared/artifact/browse-artifacts.ts';
import { checkArtifact, type ManifestChecker } from '../../shared/artifact/check-artifact.ts';
import { ARTIFACT_LIMITS, artifactDigest, parseArtifact } from '../../shared/artifact/parse-artifact.ts';
import { parseJson } from '../../shared/artifact/parse-json.ts';
import { toArtifactAnswer, toDecisionAnswer } from '../../shared/contract/answer-mapping.ts';
import { decodeCursor, nextLink, TIME_PLACE } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import type { MetricOf } from '../../shared/contract/metrics.ts';
import { artifactsQuery, parseQuery, pushQuery } from '../../shared/contract/query.ts';
import { READ_TOKEN_HEADER } from '../../shared/contract/trust.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import { manifestTargets } from '../../shared/policy/manifest-target.ts';
import { refuseGitOpsRepo } from '../../shared/release/gitops-repos.ts';
import { ownedBy } from '../../shared/release/known-teams.ts';
import { authorizePush, pusherOf } from '../../shared/release/push-rights.ts';
import { unknownArtifact } from '../../shared/release/request-release.ts';
import { seesAllArtifacts, seesArtifact, targetResource } from '../../shared/release/resources.ts';
import type { Settings } from '../../shared/release/settings.ts';
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
  readonly settings: Settings;
  readonly identities: UsedIdentities;
  readonly readTokens: ReadTokens;
  /** Bytes that nobody can guess. */
  readonly random: (bytes: number) => Buffer;
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
  const caller = authorize(request.principal, 'artifact:push');
  const { check } = parseQuery(pushQuery, request.query);
  const content = builtBy(caller, parseArtifact(parseJson(request.text(), ARTIFACT_LIMITS)));
  const pushedBy = pusherOf(authorizePush(caller, ports.settings, content));
  refuseGitOpsRepo(ports.settings, content.version.repositoryName);
  if (check) await checkArtifact(ports.checker, content);
  if (caller.identity) await useIdentity(ports.identities, caller.identity, artifactDigest(content));
  const context = { now: ports.clock(), correlationId: request.correlationId, pushedBy };
  const { artifact, created } = await acceptArtifact(ports, content, context);
  request.annotate({ artifactId: artifact.id, created });
  if (created) ports.meter.record('ArtifactsAccepted');
  // A check waits for helm, which the objective does not promise to be quick.
  if (!check) ports.meter.record('AcceptLatency', Math.max(0, ports.clock() - request.receivedAt));
  return json(
    created ? 201 : 200,
    toArtifactAnswer(artifact),
    await readTokenFor(ports, caller, artifact.id),
  );
}

/** Without a token of its own a job could not follow what it has pushed: its identity lasts for minutes. */
async function readTokenFor(
  { readTokens, random, clock }: ArtifactsPorts,
  caller: Caller,
  artifactId: string,
): Promise<Record<string, string>> {
  if (!caller.identity) return {};
  const token = await issueReadToken(readTokens, caller, artifactId, { random: random(32), now: clock() });
  return { [READ_TOKEN_HEADER]: token, 'cache-control': 'no-store' };
}

/** What a CI job without a secret pushes is what it has built: its identity says so. */
function builtBy({ identity }: Caller, content: ArtifactContent): ArtifactContent {
  return identity ? { ...content, version: builtVersion(content.version, identity) } : content;
}

async function list({ browser, settings }: ArtifactsPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'artifact:read');
  const { team, ...query } = parseQuery(artifactsQuery, request.query, ['sha']);
  const { limit, offset, cursor, view, sha, ...filter } = query;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query, TIME_PLACE);
  const page = await browser.list(
    defined({ ...filter, shas: sha, visible: visibleTo(principal, settings, team) }),
    defined({ limit, offset, after }),
  );
  const link = page.next === undefined ? {} : { link: nextLink(request.path, request.query, page.next) };
  return json(
    200,
    page.items.map((artifact) => toArtifactAnswer(artifact, view)),
    link,
  );
}

/** What of artifacts is listed, where that is told by the artifact itself; undefined for all of them. */
function visibleTo(
  principal: Principal,
  settings: Settings,
  team: string | undefined,
): ((artifact: Artifact) => boolean) | undefined {
  const isOwned = ownedBy(settings, team);
  const seesAll = seesAllArtifacts(principal);
  if (seesAll && team === undefined) return undefined;
  return (artifact) =>
    (seesAll || seesArtifact(principal, settings, artifact)) &&
    (team === undefined || manifestTargets(artifact).some(({ app }) => isOwned(app)));
}

/** The id may hold `/` (sent percent-encoded, decoded by some gateways), so the path itself is taken apart. */
async function show(ports: ArtifactsPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'artifact:read');
  const id = idInPath(request.path, BASE);
  if (id.endsWith(DECISIONS)) return showDecisions(ports, request.principal, id.slice(0, -DECISIONS.length));
  return json(200, toArtifactAnswer(await findArtifact(ports, request.principal, id)));
}

/** @throws NotFoundError `artifact-not-found`, also for what the caller may not look at. */
async function findArtifact(
  { artifacts, settings }: ArtifactsPorts,
  principal: Principal,
  id: string,
): Promise<Artifact> {
  const artifact = await artifacts.get(id);
  if (artifact && seesArtifact(principal, settings, artifact)) return artifact;
  throw unknownArtifact(id);
}

async function showDecisions(ports: ArtifactsPorts, principal: Principal, id: string): Promise<HttpResponse> {
  const { artifacts, decisions, settings } = ports;
  // Asked first: what is complete now has all its decisions in the list that is read next.
  const complete = await artifacts.isDecided(id);
  const all = await decisions.listFor(id);
  const found = all.filter(({ app, env }) =>
    may(principal, 'artifact:read', targetResource(settings, { app, env }, id)),
  );
  if (found.length === 0) await findArtifact(ports, principal, id);
  return json(200, { complete, decisions: found.map(toDecisionAnswer) });
}

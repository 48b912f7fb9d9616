import { authorize } from '../../shared/access/authorize.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import {
  artifactTrackQuery,
  type Tracked,
  toTrackAnswer,
  trackQuery,
} from '../../shared/contract/tracking.ts';
import { NotFoundError } from '../../shared/errors/errors.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import type { ArtifactReader, Requests } from '../../shared/release/ports.ts';
import type { Release, TargetName } from '../../shared/release/release.ts';
import { unknownArtifact } from '../../shared/release/request-release.ts';
import { seesArtifact, seesTarget } from '../../shared/release/resources.ts';
import type { Settings } from '../../shared/release/settings.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';

export interface TrackPorts {
  readonly settings: Settings;
  readonly artifacts: ArtifactReader & { isDecided(id: string): Promise<boolean> };
  readonly decisions: { listFor(artifactId: string): Promise<Decision[]> };
  readonly requests: Pick<Requests, 'get'>;
  readonly releases: {
    get(id: string): Promise<Release | undefined>;
    getMany(ids: readonly string[]): Promise<Release[]>;
  };
}

/** How far something is, for clients that exist. */
export function trackOperations(ports: TrackPorts): HttpOperations {
  const byId = async (request: HttpRequest): Promise<HttpResponse> => {
    const { principal } = request;
    authorize(principal, 'release:read');
    const { id } = parseQuery(trackQuery, request.query);
    const sight = sightOf(ports, principal);
    const tracked =
      (await trackRelease(ports, sight, id)) ??
      (await trackRequest(ports, sight, id)) ??
      (await trackArtifact(ports, sight, id));
    if (tracked) return json(200, toTrackAnswer(tracked));
    throw new NotFoundError('event-not-found', `There is no request, release or artifact '${id}'.`);
  };
  const byArtifact = async (request: HttpRequest): Promise<HttpResponse> => {
    const { principal } = request;
    authorize(principal, 'release:read');
    const { artifactId } = parseQuery(artifactTrackQuery, request.query);
    const tracked = await trackArtifact(ports, sightOf(ports, principal), artifactId);
    if (tracked) return json(200, toTrackAnswer(tracked));
    throw unknownArtifact(artifactId);
  };
  return {
    'GET /api/event': byId,
    'GET /api/eventReleaseTrack': byId,
    'GET /api/eventArtifactTrack': byArtifact,
  };
}

/** What a caller may look at. */
interface Sight {
  target(target: TargetName, artifactId: string): boolean;
  artifact(id: string): Promise<boolean>;
}

function sightOf({ artifacts, settings }: TrackPorts, principal: Principal): Sight {
  return {
    target: (target, artifactId) => seesTarget(principal, settings, target, artifactId),
    artifact: async (id) => {
      const artifact = await artifacts.get(id);
      return artifact !== undefined && seesArtifact(principal, settings, artifact);
    },
  };
}

const TYPE = {
  deploy: 'release',
  release: 'release',
  promote: 'release',
  rollback: 'rollback',
  delete: 'delete',
} as const;

async function trackRelease(
  { releases }: TrackPorts,
  sight: Sight,
  id: string,
): Promise<Tracked | undefined> {
  const release = await releases.get(id);
  if (!release || !sight.target(release, release.artifactId)) return undefined;
  const { app, env, change } = release;
  return { type: TYPE[change.kind], known: true, parts: [{ app, env, release }] };
}

async function trackRequest(
  { requests, releases }: TrackPorts,
  sight: Sight,
  id: string,
): Promise<Tracked | undefined> {
  const request = await requests.get(id);
  const targets = (request?.targets ?? []).filter((one) => sight.target(one, one.artifactId));
  if (!request || targets.length === 0) return undefined;
  const made = await releases.getMany(targets.map(({ releaseId }) => releaseId));
  const parts = targets.map(({ app, env, releaseId }) => ({
    app,
    env,
    release: made.find((release) => release.id === releaseId),
  }));
  return { type: TYPE[request.kind], known: request.state === 'executed', parts };
}

/** What policies made of an artifact; what people asked for since is tracked by their requests. */
async function trackArtifact(ports: TrackPorts, sight: Sight, id: string): Promise<Tracked | undefined> {
  const type = 'artifact';
  if (!(await ports.artifacts.isDecided(id))) {
    return (await sight.artifact(id)) ? { type, known: false, parts: [] } : undefined;
  }
  const all = lastOfTargets(await ports.decisions.listFor(id));
  const decisions = all.filter((one) => sight.target(one, id));
  if (decisions.length === 0 && !(await sight.artifact(id))) return undefined;
  const made = await ports.releases.getMany(decisions.flatMap(({ release }) => release?.id ?? []));
  const parts = decisions
    .filter(({ outcome }) => outcome !== 'notMatched')
    .map(({ app, env, release, sentence }) => ({
      app,
      env,
      ...(release ? { release: made.find(({ id }) => id === release.id) } : { refused: sentence }),
    }));
  return { type, known: true, parts, nothing: nothingReleased(decisions) };
}

/** What waited is decided again: of each target the last word counts. */
function lastOfTargets(decisions: readonly Decision[]): Decision[] {
  const last = new Map<string, Decision>();
  const byPolicy = decisions.filter(({ cause }) => !cause.startsWith('request:'));
  for (const decision of byPolicy.toSorted((a, b) => a.decidedAt - b.decidedAt)) {
    last.set(JSON.stringify([decision.env, decision.app]), decision);
  }
  return [...last.values()];
}

function nothingReleased(decisions: readonly Decision[]): string {
  if (decisions.length === 0) return 'nothing was released: the artifact has no environments';
  const reasons = decisions.map(({ env, app, sentence }) => `${env}/${app}: ${sentence}`);
  return `nothing was released: ${reasons.join('; ')}`;
}

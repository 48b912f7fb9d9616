import packageJson from '../../package.json' with { type: 'json' };
import { authorize } from '../../shared/access/authorize.ts';
import { toDriftAnswer, toReleaseAnswer, toRequestAnswer } from '../../shared/contract/answer-mapping.ts';
import { reconcileBody } from '../../shared/contract/answers.ts';
import { decodeCursor, nextLink, TIME_PLACE } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import { listPage } from '../../shared/contract/list-page.ts';
import { driftQuery, parseQuery, releasesQuery } from '../../shared/contract/query.ts';
import { type OutlookPorts, queueOutlook } from '../../shared/gitops/queue-outlook.ts';
import type { ReleaseBrowser } from '../../shared/release/browse-releases.ts';
import { ownedBy } from '../../shared/release/known-teams.ts';
import { unknownRelease } from '../../shared/release/named-releases.ts';
import { listDrifts, type ReconcilePorts, reconcile } from '../../shared/release/reconcile.ts';
import type { Release, TargetName } from '../../shared/release/release.ts';
import { seesTarget, targetResource } from '../../shared/release/resources.ts';
import { isUndone } from '../../shared/release/undone.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type HttpRequest, idInPath } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { type ApprovalOperationPorts, approvalOperations } from './approval-operations.ts';
import { previewOperations } from './preview-operations.ts';
import { readBody } from './read-body.ts';
import { type RequestOperationPorts, requestOperations } from './request-operations.ts';
import { statusOperation } from './status-operation.ts';
import { type TrackPorts, trackOperations } from './track-operations.ts';

export interface ReleasesPorts
  extends ReconcilePorts,
    OutlookPorts,
    RequestOperationPorts,
    ApprovalOperationPorts,
    TrackPorts {
  readonly artifacts: TrackPorts['artifacts'];
  readonly drift: ReconcilePorts['drift'];
  readonly targets: ReconcilePorts['targets'];
  readonly requests: ReconcilePorts['requests'];
  readonly settings: ReconcilePorts['settings'];
  readonly browser: ReleaseBrowser;
  readonly releases: RequestOperationPorts['releases'] & TrackPorts['releases'];
}

const BASE = '/api/releases/';

export function makeReleases(ports: ReleasesPorts): HttpOperations {
  return {
    'GET /': describe,
    ...requestOperations(ports),
    ...approvalOperations(ports),
    ...trackOperations(ports),
    ...previewOperations(ports),
    ...statusOperation(ports),
    'GET /api/releases': (request) => list(ports, request),
    'GET /api/releases/{id+}': (request) => show(ports, request),
    'GET /api/gitopsRepo': (request) => gitopsRepo(ports, request),
    'GET /api/drift': (request) => drifts(ports, request),
    'POST /api/reconcile': (request) => settleDrift(ports, request),
  };
}

async function describe(): Promise<HttpResponse> {
  return json(200, {
    name: 'gimletd',
    description: 'The GitOps release manager',
    api: '/api',
    version: packageJson.version,
  });
}

async function list(
  { browser, settings, targets }: ReleasesPorts,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'release:read');
  const query = parseQuery(releasesQuery, request.query);
  const { limit, offset, cursor, reverse, 'git-repo': repository, team, ...filter } = query;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query, TIME_PLACE);
  const isOwned = ownedBy(settings, team);
  const visible = (release: Release) =>
    isOwned(release.app) && seesTarget(principal, settings, release, release.artifactId);
  const page = await browser.list(
    { ...defined({ ...filter, repository }), visible },
    defined({ limit, offset, after, oldestFirst: reverse }),
  );
  const link = page.next === undefined ? {} : { link: nextLink(request.path, request.query, page.next) };
  const known = new Map((await targets.getMany(page.items)).map((target) => [target.app, target.rollbacks]));
  const answers = page.items.map((release) =>
    toReleaseAnswer(release, isUndone(known.get(release.app) ?? [], release)),
  );
  return json(200, answers, link);
}

async function show(ports: ReleasesPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'release:read');
  const { releases, requests, settings } = ports;
  const id = idInPath(request.path, BASE);
  const release = await releases.get(id);
  if (release && seesTarget(principal, settings, release, release.artifactId)) {
    const [queue, { rollbacks }] = await Promise.all([
      queueOutlook(ports, release),
      ports.targets.get(release),
    ]);
    const answer = toReleaseAnswer(release, isUndone(rollbacks, release));
    return json(200, { ...answer, ...(queue && { queue }) });
  }
  const made = await requests.get(id);
  const targets = (made?.targets ?? []).filter((one) => seesTarget(principal, settings, one, one.artifactId));
  if (!made || targets.length === 0) throw unknownRelease(id);
  return json(
    200,
    toRequestAnswer({ ...made, targets }, await releases.getMany(targets.map(({ releaseId }) => releaseId))),
  );
}

/** For clients that know one repo; where each environment lives is in its releases. */
async function gitopsRepo({ settings }: ReleasesPorts, request: HttpRequest): Promise<HttpResponse> {
  authorize(request.principal, 'release:read');
  return json(200, { gitopsRepo: settings.gitops.repo });
}

async function drifts(ports: ReleasesPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'release:read');
  const { env, app, ...paging } = parseQuery(driftQuery, request.query);
  const drifted = await listDrifts(ports.drift, env, app);
  const items = drifted.filter((target) => seesTarget(principal, ports.settings, target));
  const { answers, headers } = listPage(request, paging, {
    items,
    placeOf: (target) => target.app,
    answerOf: toDriftAnswer,
  });
  return json(200, answers, headers);
}

async function settleDrift(ports: ReleasesPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal, correlationId } = request;
  const { settings } = ports;
  const what = defined(readBody(reconcileBody, request));
  const { id: callerId, name: triggeredBy } = authorize(
    principal,
    'drift:reconcile',
    targetResource(settings, what),
  );
  const check = (target: TargetName) =>
    void authorize(principal, 'drift:reconcile', targetResource(settings, target));
  const context = { triggeredBy, callerId, correlationId, now: ports.clock(), check };
  const requests = await reconcile(ports, what, context);
  return json(200, { requests: requests.map((made) => toRequestAnswer(made, [])) });
}

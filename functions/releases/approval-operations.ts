import { authorize } from '../../shared/access/authorize.ts';
import type { Caller } from '../../shared/access/principal.ts';
import { toChangedReleasesAnswer, toReleaseAnswer } from '../../shared/contract/answer-mapping.ts';
import { decodeCursor, nextLink, TIME_PLACE } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import { approvalsQuery, parseQuery } from '../../shared/contract/query.ts';
import { approveBody, rejectBody } from '../../shared/contract/requests.ts';
import { type ApprovePorts, approveRelease, rejectRelease } from '../../shared/release/approve-release.ts';
import type { WaitingBrowser } from '../../shared/release/browse-releases.ts';
import { ownedBy } from '../../shared/release/known-teams.ts';
import { unknownRelease } from '../../shared/release/named-releases.ts';
import type { Release, TargetName } from '../../shared/release/release.ts';
import { type Protection, seesTarget, targetResource } from '../../shared/release/resources.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { readBody } from './read-body.ts';

export interface ApprovalOperationPorts extends ApprovePorts {
  readonly waiting: WaitingBrowser;
  readonly settings: ApprovePorts['settings'] & Protection;
  readonly clock: () => number;
}

const STEP = /^\/api\/releases\/(.+)\/(?:approve|reject)$/;

/** What people do to releases that wait for them. */
export function approvalOperations(ports: ApprovalOperationPorts): HttpOperations {
  return {
    'GET /api/approvals': (request) => list(ports, request),
    'POST /api/releases/{id}/approve': (request) => {
      const { reason } = readBody(approveBody, request);
      return settle(ports, request, (id, context) =>
        approveRelease(ports, id, { ...context, ...defined({ reason }) }),
      );
    },
    'POST /api/releases/{id}/reject': (request) => {
      const { reason } = readBody(rejectBody, request);
      return settle(ports, request, (id, context) => rejectRelease(ports, id, { ...context, reason }));
    },
  };
}

async function list(
  { waiting, settings }: ApprovalOperationPorts,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'release:read');
  const { limit, offset, cursor, team, ...filter } = parseQuery(approvalsQuery, request.query);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query, TIME_PLACE);
  const isOwned = ownedBy(settings, team);
  const visible = (release: Release) =>
    isOwned(release.app) && seesTarget(principal, settings, release, release.artifactId);
  const page = await waiting.browseWaiting(
    { ...defined(filter), visible },
    defined({ limit, offset, after }),
  );
  const link = page.next === undefined ? {} : { link: nextLink(request.path, request.query, page.next) };
  return json(
    200,
    page.items.map((release) => toReleaseAnswer(release)),
    link,
  );
}

interface Context {
  readonly by: Pick<Caller, 'id' | 'name'>;
  readonly now: number;
  readonly check: (target: TargetName) => void;
}

async function settle(
  { settings, clock }: ApprovalOperationPorts,
  { principal, path }: HttpRequest,
  step: (id: string, context: Context) => Promise<Release[]>,
): Promise<HttpResponse> {
  const { id: callerId, name } = authorize(principal, 'release:approve');
  const id = STEP.exec(path)?.[1] ?? '';
  const check = (target: TargetName) => {
    if (!seesTarget(principal, settings, target)) throw unknownRelease(id);
    authorize(principal, 'release:approve', targetResource(settings, target));
  };
  const releases = await step(id, { by: { id: callerId, name }, now: clock(), check });
  return json(200, toChangedReleasesAnswer(releases));
}

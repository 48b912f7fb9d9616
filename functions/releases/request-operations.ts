import type * as z from 'zod';
import { authorize } from '../../shared/access/authorize.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { ALL } from '../../shared/access/resource.ts';
import { toChangedReleasesAnswer, toRequestAnswer } from '../../shared/contract/answer-mapping.ts';
import { releaseRequestBody } from '../../shared/contract/answers.ts';
import { defined } from '../../shared/contract/defined.ts';
import { deleteBody, promoteBody, rollbackBody } from '../../shared/contract/requests.ts';
import { InvalidInputError } from '../../shared/errors/errors.ts';
import type { PreviewPorts } from '../../shared/gitops/preview-request.ts';
import { type CancelPorts, cancelRelease } from '../../shared/release/cancel-release.ts';
import { unknownRelease } from '../../shared/release/named-releases.ts';
import type { Asked, RequestContext, Wanted } from '../../shared/release/record-request.ts';
import type { TargetName } from '../../shared/release/release.ts';
import type { ReleaseRequest } from '../../shared/release/request.ts';
import { REQUEST_ACTIONS } from '../../shared/release/request-actions.ts';
import { type DeletionPorts, findDeletion, requestDeletion } from '../../shared/release/request-deletion.ts';
import {
  findPromotions,
  type PromotionPorts,
  requestPromotion,
} from '../../shared/release/request-promotion.ts';
import { findReleases, type RequestPorts, requestRelease } from '../../shared/release/request-release.ts';
import { findRollback, type RollbackPorts, requestRollback } from '../../shared/release/request-rollback.ts';
import {
  environmentNamed,
  ownedApp,
  seesArtifact,
  seesTarget,
  targetResource,
} from '../../shared/release/resources.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { dryRun, isDryRun } from './preview-operations.ts';
import { readBody } from './read-body.ts';

export interface RequestOperationPorts
  extends RequestPorts,
    RollbackPorts,
    DeletionPorts,
    PromotionPorts,
    PreviewPorts,
    CancelPorts {
  readonly requests: RequestPorts['requests'];
  readonly releases: RollbackPorts['releases'] & CancelPorts['releases'] & PreviewPorts['releases'];
  readonly controls: RequestPorts['controls'];
  readonly settings: RequestPorts['settings'];
  readonly targets: RequestPorts['targets'];
  readonly clock: () => number;
}

const CANCEL = /^\/api\/releases\/(.+)\/cancel$/;

/** What people ask for: it is checked, recorded and answered; the policy function does it. Or it is only looked at. */
export function requestOperations(ports: RequestOperationPorts): HttpOperations {
  return {
    'POST /api/releases': (request) =>
      ask(ports, request, releaseRequestBody, (body, ports) => {
        const order = defined(body);
        return {
          asked: { kind: 'release', ...order },
          find: () => findReleases(ports, order),
          record: (context) => requestRelease(ports, order, context),
        };
      }),
    'POST /api/rollback': (request) =>
      ask(ports, request, rollbackBody, (body, ports) => {
        const order = defined(body);
        return {
          asked: { kind: 'rollback', ...order },
          find: () => findRollback(ports, order),
          record: (context) => requestRollback(ports, order, context),
        };
      }),
    'POST /api/delete': (request) =>
      ask(ports, request, deleteBody, (body, ports) => {
        const order = defined(body);
        return {
          asked: { kind: 'delete', ...order },
          find: () => findDeletion(ports, order),
          record: (context) => requestDeletion(ports, order, context),
        };
      }),
    'POST /api/promote': (request) =>
      ask(ports, request, promoteBody, ({ to: env, ...body }, ports) => {
        const order = defined({ ...body, env });
        return {
          asked: { kind: 'promote', ...order },
          find: () => findPromotions(ports, order),
          record: (context) => requestPromotion(ports, order, context),
        };
      }),
    'POST /api/releases/{id}/cancel': (request) => cancel(ports, request),
  };
}

/** What is asked for, and the two ways to go about it. */
interface Asking {
  readonly asked: Asked & { readonly from?: string };
  readonly find: () => Promise<readonly Wanted[]>;
  readonly record: (context: RequestContext) => Promise<ReleaseRequest>;
}

async function ask<S extends z.ZodType<{ readonly overrideFreeze?: string | undefined }>>(
  ports: RequestOperationPorts,
  request: HttpRequest,
  schema: S,
  asking: (body: z.output<S>, ports: RequestOperationPorts) => Asking,
): Promise<HttpResponse> {
  const { principal, correlationId, headers } = request;
  const { settings } = ports;
  const { asked, find, record } = asking(readBody(schema, request), inSightOf(principal, ports));
  const { env, app, from, overrideFreeze } = asked;
  const action = REQUEST_ACTIONS[asked.kind];
  const caller = authorize(principal, action, targetResource(settings, asked));
  if (from !== undefined) {
    authorize(principal, 'release:read', targetResource(settings, { env: from, app: asked.app }));
  }
  if (overrideFreeze !== undefined) {
    const apps = ownedApp(settings, app ?? ALL);
    authorize(principal, 'freeze:override', { ...apps, env: environmentNamed(settings, env) });
  }
  const check = (target: TargetName) => void authorize(principal, action, targetResource(settings, target));
  if (isDryRun(request)) {
    return dryRun(ports, request, asked, async () => {
      const wanted = await find();
      wanted.forEach(check);
      return wanted;
    });
  }
  const idempotencyKey = keyIn(headers);
  const who = { triggeredBy: caller.name, callerId: caller.id };
  const context = { ...who, idempotencyKey, correlationId, now: ports.clock(), check };
  return json(201, toRequestAnswer(await record(defined(context)), []));
}

/**
 * The key that makes asking twice asking once. One that is empty comes of a variable that was never set: it would make
 * everything that is asked with it one and the same.
 * @throws InvalidInputError `bad-request`.
 */
function keyIn({ 'idempotency-key': key }: HttpRequest['headers']): string | undefined {
  if (key === undefined || /^.{1,255}$/.test(key)) return key;
  const message = 'must have 1 to 255 characters, or be left out';
  const errors = [{ path: 'Idempotency-Key', message }];
  throw new InvalidInputError('bad-request', `The request is not right: Idempotency-Key: ${message}`, errors);
}

/** Artifacts that a caller may not look at are not there for it. */
function inSightOf(principal: Principal, ports: RequestOperationPorts): RequestOperationPorts {
  const get = async (id: string) => {
    const artifact = await ports.artifacts.get(id);
    return artifact && seesArtifact(principal, ports.settings, artifact) ? artifact : undefined;
  };
  return { ...ports, artifacts: { get } };
}

async function cancel(ports: RequestOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  const { name: cancelledBy } = authorize(principal, 'release:cancel');
  const id = CANCEL.exec(request.path)?.[1] ?? '';
  const check = (target: TargetName) => {
    if (!seesTarget(principal, ports.settings, target)) throw unknownRelease(id);
    authorize(principal, 'release:cancel', targetResource(ports.settings, target));
  };
  const releases = await cancelRelease(ports, id, { cancelledBy, now: ports.clock(), check });
  return json(200, toChangedReleasesAnswer(releases));
}

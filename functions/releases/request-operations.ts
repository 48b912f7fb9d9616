import type * as z from 'zod';
import { authorize } from '../../shared/access/authorize.ts';
import { toReleaseAnswer, toRequestAnswer } from '../../shared/contract/answer-mapping.ts';
import { releaseRequestBody } from '../../shared/contract/answers.ts';
import { defined } from '../../shared/contract/defined.ts';
import { deleteBody, promoteBody, rollbackBody } from '../../shared/contract/requests.ts';
import { type CancelPorts, cancelRelease } from '../../shared/release/cancel-release.ts';
import type { RequestContext } from '../../shared/release/record-request.ts';
import type { ReleaseRequest } from '../../shared/release/request.ts';
import { type DeletionPorts, requestDeletion } from '../../shared/release/request-deletion.ts';
import { type PromotionPorts, requestPromotion } from '../../shared/release/request-promotion.ts';
import { type RequestPorts, requestRelease } from '../../shared/release/request-release.ts';
import { type RollbackPorts, requestRollback } from '../../shared/release/request-rollback.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { readBody } from './read-body.ts';

export interface RequestOperationPorts
  extends RequestPorts,
    RollbackPorts,
    DeletionPorts,
    PromotionPorts,
    CancelPorts {
  readonly requests: RequestPorts['requests'];
  readonly releases: RollbackPorts['releases'] & CancelPorts['releases'];
  readonly clock: () => number;
}

const CANCEL = /^\/api\/releases\/(.+)\/cancel$/;

/** What people ask for: it is checked, recorded and answered; the policy function does it. */
export function requestOperations(ports: RequestOperationPorts): HttpOperations {
  return {
    'POST /api/releases': (request) =>
      ask(ports, request, releaseRequestBody, (order, context) =>
        requestRelease(ports, defined(order), context),
      ),
    'POST /api/rollback': (request) =>
      ask(ports, request, rollbackBody, (order, context) => requestRollback(ports, defined(order), context)),
    'POST /api/delete': (request) =>
      ask(ports, request, deleteBody, (order, context) => requestDeletion(ports, defined(order), context)),
    'POST /api/promote': (request) =>
      ask(ports, request, promoteBody, ({ to, ...order }, context) =>
        requestPromotion(ports, defined({ ...order, env: to }), context),
      ),
    'POST /api/releases/{id}/cancel': (request) => cancel(ports, request),
  };
}

async function ask<S extends z.ZodType<{ readonly overrideFreeze?: string | undefined }>>(
  { clock }: RequestOperationPorts,
  request: HttpRequest,
  schema: S,
  record: (order: z.output<S>, context: RequestContext) => Promise<ReleaseRequest>,
): Promise<HttpResponse> {
  const { name: triggeredBy } = authorize(request.principal, 'release:request');
  const order = readBody(schema, request);
  if (order.overrideFreeze !== undefined) authorize(request.principal, 'freeze:override');
  const { correlationId, headers } = request;
  const context = { triggeredBy, idempotencyKey: headers['idempotency-key'], correlationId, now: clock() };
  return json(201, toRequestAnswer(await record(order, defined(context)), []));
}

async function cancel(ports: RequestOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  const { name: cancelledBy } = authorize(request.principal, 'release:cancel');
  const id = CANCEL.exec(request.path)?.[1] ?? '';
  const releases = await cancelRelease(ports, id, { cancelledBy, now: ports.clock() });
  return json(200, { releases: releases.map(toReleaseAnswer) });
}

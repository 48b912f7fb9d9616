import { authorize } from '../../shared/access/authorize.ts';
import { decodeCursor, NAME_PLACE, nextLink } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import { fitting } from '../../shared/contract/page-limits.ts';
import { toDiffAnswer, toPreviewAnswer } from '../../shared/contract/preview-mapping.ts';
import { diffQuery, dryRunQuery, type PendingAnswer } from '../../shared/contract/previews.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import { type ComparePorts, compareEnvironments } from '../../shared/gitops/compare-environments.ts';
import { type PreviewPorts, previewRequest } from '../../shared/gitops/preview-request.ts';
import type { Asked, Wanted } from '../../shared/release/record-request.ts';
import { seesTarget, targetResource } from '../../shared/release/resources.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';

const RETRY_AFTER_SECONDS = '2';

/** Looks before the leap. */
export function previewOperations(ports: ComparePorts): HttpOperations {
  return { 'GET /api/diff': (request) => compare(ports, request) };
}

export function isDryRun({ query }: HttpRequest): boolean {
  return parseQuery(dryRunQuery, query).dryRun;
}

/** What a request would come to; 202 with where to ask again while that is being rendered. */
export async function dryRun(
  ports: PreviewPorts,
  { path }: HttpRequest,
  { kind, ...order }: Asked & { readonly env: string },
  find: () => Promise<readonly Wanted[]>,
): Promise<HttpResponse> {
  const previews = await previewRequest(ports, { kind, ...order }, await find());
  if (previews) return json(200, toPreviewAnswer({ kind, env: order.env }, previews));
  const url = `${path}?${again(kind, order)}`;
  const detail = `It is being rendered. Ask again with POST ${url}`;
  const answer: PendingAnswer = { type: 'pending', detail, url };
  return json(202, answer, { location: url, 'retry-after': RETRY_AFTER_SECONDS });
}

/** The same in the query alone. */
function again(kind: Asked['kind'], order: object): URLSearchParams {
  const { env, ...rest } = order as Record<string, string>;
  const fields = { dryRun: 'true', [kind === 'promote' ? 'to' : 'env']: env ?? '', ...rest };
  return new URLSearchParams(fields);
}

async function compare(ports: ComparePorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  const { settings } = ports;
  const { cursor, ...wanted } = defined(parseQuery(diffQuery, request.query));
  const { from, to, app } = wanted;
  const after = cursor === undefined ? '' : decodeCursor(cursor, request.query, NAME_PLACE);
  for (const env of [from, to]) authorize(principal, 'release:read', targetResource(settings, { env, app }));
  const compared = await compareEnvironments(ports, wanted);
  const seen = compared.filter(
    (one) =>
      one.app > after && [from, to].every((env) => seesTarget(principal, settings, { app: one.app, env })),
  );
  const answer = toDiffAnswer(wanted, seen);
  const apps = fitting(answer.apps);
  const last = apps.length < answer.apps.length ? apps.at(-1)?.app : undefined;
  const link = last === undefined ? {} : { link: nextLink(request.path, request.query, last) };
  return json(200, { ...answer, apps }, link);
}

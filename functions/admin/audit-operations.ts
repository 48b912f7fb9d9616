import { authorize } from '../../shared/access/authorize.ts';
import { ALL } from '../../shared/access/resource.ts';
import { type Block, GENESIS } from '../../shared/audit/block.ts';
import { type AuditBlocks, browseAudit } from '../../shared/audit/browse-audit.ts';
import { entryHash } from '../../shared/audit/entry.ts';
import type { HeldLogs, SealLedger } from '../../shared/audit/seal-entries.ts';
import { auditBlocksQuery, auditLogsBody, auditQuery } from '../../shared/contract/audit.ts';
import { decodeCursor, nextLink } from '../../shared/contract/cursor.ts';
import { defined } from '../../shared/contract/defined.ts';
import { parseQuery } from '../../shared/contract/query.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';
import { readBody } from './read-body.ts';

export interface AuditOperationPorts {
  readonly auditBlocks: AuditBlocks;
  readonly auditLogs: Pick<HeldLogs, 'read'>;
  readonly auditLedger: Pick<SealLedger, 'read'>;
}

/** A block, and an entry in it. */
const PLACE = /^\d{1,12}\.\d{1,6}$/;

/** Of blocks in one answer: Lambda takes 6 MB, in which quotes are escaped once more. */
const MOST_BYTES = 2 * 1024 * 1024;

export function auditOperations(ports: AuditOperationPorts): HttpOperations {
  return {
    'GET /api/audit': (request) => list(ports, request),
    'GET /api/audit/blocks': (request) => blocks(ports, request),
    'POST /api/audit/logs': (request) => logs(ports, request),
  };
}

async function list({ auditBlocks }: AuditOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  mayRead(request);
  const { limit, cursor, ...filter } = parseQuery(auditQuery, request.query);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query, PLACE);
  const page = await browseAudit(auditBlocks, defined(filter), {
    limit,
    ...(after !== undefined && { after }),
  });
  const link = page.next === undefined ? {} : { link: nextLink(request.path, request.query, page.next) };
  return json(200, page.items, link);
}

async function blocks(
  { auditBlocks, auditLedger }: AuditOperationPorts,
  request: HttpRequest,
): Promise<HttpResponse> {
  mayRead(request);
  const { after, limit } = parseQuery(auditBlocksQuery, request.query);
  // The ledger first: it is never ahead of a chain that is read after it.
  const finished = (await auditLedger.read()) ?? { block: GENESIS.block, hash: GENESIS.hash };
  const { block, hash } = (await auditBlocks.head()) ?? GENESIS;
  const found = await auditBlocks.range(after + 1, Math.min(after + limit, block));
  return json(200, { blocks: fitting(found), head: { block, hash }, finished });
}

/** The first blocks, as many as one answer can hold; always one. */
function fitting(blocks: readonly Block[]): Block[] {
  let bytes = 0;
  return blocks.filter((block, index) => {
    bytes += Buffer.byteLength(JSON.stringify(block));
    return index === 0 || bytes <= MOST_BYTES;
  });
}

async function logs({ auditLogs }: AuditOperationPorts, request: HttpRequest): Promise<HttpResponse> {
  mayRead(request);
  const { items } = readBody(request, auditLogsBody);
  const wanted = new Map(items.map((item) => [JSON.stringify([item.pk, item.sk]), item]));
  const found = await auditLogs.read([...wanted.values()]);
  return json(
    200,
    found.map(({ item, sealed, held }) => ({ item, sealed, held: held.map(({ text }) => entryHash(text)) })),
  );
}

/** The trail is of everything, so a grant of it must be, too. */
function mayRead({ principal }: HttpRequest): void {
  authorize(principal, 'audit:read', { app: ALL, env: ALL });
}

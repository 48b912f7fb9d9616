import {
  auditAnswer,
  auditBlocksAnswer,
  auditBlocksQuery,
  auditLogsAnswer,
  auditLogsBody,
  auditQuery,
} from '../audit.ts';
import { nextPageHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

export const auditShapes = {
  listAudit: {
    tag: 'Audit',
    description: 'What was sealed, the last first. A page may be empty and have a next one.',
    query: auditQuery,
    answers: { 200: { description: 'Sealed entries', body: auditAnswer, headers: nextPageHeaders } },
  },
  listAuditBlocks: {
    tag: 'Audit',
    description:
      'The chain as it is kept, the oldest first: whoever wants to can check it. An answer ends at `limit` or 2 MiB.',
    query: auditBlocksQuery,
    answers: { 200: { description: 'Blocks in their order, and the head', body: auditBlocksAnswer } },
  },
  readAuditLogs: {
    tag: 'Audit',
    description: 'What items of the table know of their own entries; those that are gone are left out.',
    body: auditLogsBody,
    answers: { 200: { description: 'Logs, in no particular order', body: auditLogsAnswer } },
  },
} satisfies Partial<OperationShapes>;

import * as z from 'zod';
import { page, time } from './query.ts';

/** What the CLI checks the trail with, by itself. */
export type { Block } from '../audit/block.ts';
export { AUDIT_BRANCH, parseKeptHead } from '../audit/kept-head.ts';
export { type AuditProblem, ChainVerifier, type KeptHead } from '../audit/verify-chain.ts';
export { verifyLog } from '../audit/verify-log.ts';

const word = z.string().min(1).max(400).optional();

/** GET /api/audit. */
export const auditQuery = z.object({
  limit: page.limit,
  cursor: page.cursor,
  since: time.optional(),
  until: time.optional(),
  actor: word,
  app: word,
  env: word,
  /** Whole, or its first word: `release` for all of releases. */
  action: word,
  object: word,
});

/** A key of the table, which takes so many bytes of UTF-8. */
const key = (bytes: number) =>
  z
    .string()
    .min(1)
    .max(bytes)
    .refine((text) => Buffer.byteLength(text) <= bytes, `must be ${bytes} bytes at most`);
/** As many as the table hands over at once. */
const MOST_ITEMS = 100;
const item = z.object({ pk: key(2_048), sk: key(1_024) });

export const auditEntryAnswer = z.looseObject({
  id: z.string(),
  /** Unix milliseconds. */
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  outcome: z.string(),
  app: z.string().optional(),
  env: z.string().optional(),
  artifactId: z.string().optional(),
  reason: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  from: z.looseObject({
    function: z.string(),
    caller: z.string().optional(),
    ip: z.string().optional(),
    userAgent: z.string().optional(),
    requestId: z.string().optional(),
    correlationId: z.string().optional(),
  }),
  /** The key of the table's item in whose log it stands. */
  item: z.looseObject({ pk: z.string(), sk: z.string() }),
  /** Number of the block in which it is sealed. */
  block: z.number(),
  /** SHA-256 of its text, hex. */
  hash: z.string(),
});
export type AuditEntryAnswer = z.infer<typeof auditEntryAnswer>;
export const auditAnswer = z.array(auditEntryAnswer);

/** Most blocks of one answer: each may have 300 KB. */
const MOST_BLOCKS = 10;

/** GET /api/audit/blocks. */
export const auditBlocksQuery = z.object({
  /** The block before the first that is wanted. */
  after: z.coerce.number().int().min(0).max(999_999_999_999).default(0),
  limit: z.coerce.number().int().min(1).max(MOST_BLOCKS).default(MOST_BLOCKS),
});

const blockAnswer = z.looseObject({
  block: z.number(),
  previous: z.string(),
  /** Unix milliseconds. */
  sealedAt: z.number(),
  longestWaitMs: z.number(),
  hashes: z.array(z.string()),
  hash: z.string(),
  /** Each as it was sealed, byte for byte: JSON. */
  entries: z.array(z.string()),
});

export const auditBlocksAnswer = z.looseObject({
  blocks: z.array(blockAnswer),
  /** The last block of the chain; 0 when there is none. */
  head: z.looseObject({ block: z.number(), hash: z.string() }),
  /** The last block that the sealer has noted as finished, kept beside the chain. */
  finished: z.looseObject({ block: z.number(), hash: z.string() }),
});
export type AuditBlocksAnswer = z.infer<typeof auditBlocksAnswer>;

/** POST /api/audit/logs. */
export const auditLogsBody = z.object({ items: z.array(item).min(1).max(MOST_ITEMS) });

export const auditLogsAnswer = z.array(
  z.looseObject({
    item,
    /** The last entries that were sealed, oldest first. */
    sealed: z.array(z.looseObject({ block: z.number(), hash: z.string() })),
    /** Hashes of those that are not sealed, or whose seal is not noted yet. */
    held: z.array(z.string()),
  }),
);
export type AuditLogsAnswer = z.infer<typeof auditLogsAnswer>;

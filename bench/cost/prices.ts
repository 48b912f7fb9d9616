import { QUEUES } from '../../shared/contract/queues.ts';

/**
 * List prices in US dollars, us-east-1, as published by AWS in November 2025; no free tier, no discount. All that the
 * cost table rests on beside what was measured.
 */
export const PRICES = {
  /** DynamoDB on demand, a million request units. */
  readUnits: 0.125,
  writeUnits: 0.625,
  /** A GB and month: the table, and its point-in-time recovery. */
  storage: 0.25,
  recovery: 0.2,
  /** Lambda: a million invocations; a GB-second on either processor. */
  invocations: 0.2,
  gbSeconds: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  /** HTTP API, a million requests. */
  requests: 1,
  /** SQS, a million requests; that of FIFO, which the writer's queue is. */
  queueRequests: 0.5,
  /** CloudWatch: a GB of logs taken in, and kept a month. */
  logs: 0.5,
  logStorage: 0.03,
  /** One a month. */
  alarm: 0.1,
  metric: 0.3,
  dashboard: 3,
  secret: 0.4,
} as const;

/** What runs all the time, whatever is pushed; a month of 30 days. */
export const ALWAYS = {
  /** The sweeper, every minute: an invocation and a query for each shard of the due index. */
  sweeps: 60 * 24 * 30,
  sweepReadUnits: 2,
  sweepMs: 20,
  /** Lambda asks each queue, with five pollers that wait 20 seconds. */
  polls: Object.keys(QUEUES).length * 5 * 3 * 60 * 24 * 30,
} as const;

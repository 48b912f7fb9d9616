import { FUNCTIONS, type FunctionName } from '../../shared/contract/functions.ts';
import type { Usage } from '../usage/usage.ts';
import { ALWAYS, PRICES } from './prices.ts';

/** What one artifact takes, with all that follows from it. */
export interface PerArtifact {
  readonly usage: Usage;
  readonly requests: number;
  readonly storedBytes: number;
  readonly logBytes: number;
}

/** What a stage has whether it is used or not. */
export interface Standing {
  readonly alarms: number;
  readonly metrics: number;
  readonly dashboards: number;
  readonly secrets: number;
}

export interface Cost {
  readonly part: string;
  /** US dollars a month. */
  readonly dollars: number;
}

const MILLION = 1_000_000;
const GB = 1_000_000_000;

/**
 * What so many artifacts a month cost in it, part by part. `monthsKept` is how many months of artifacts the table and
 * the logs hold.
 */
export function monthlyCost(
  artifacts: number,
  one: PerArtifact,
  standing: Standing,
  monthsKept: number,
): Cost[] {
  const { usage } = one;
  const reads = usage.readUnits * artifacts + ALWAYS.sweepReadUnits * ALWAYS.sweeps;
  const storedGb = (one.storedBytes * artifacts * monthsKept) / GB;
  const logGb = (one.logBytes * artifacts) / GB;
  return [
    {
      part: 'table: requests',
      dollars: (reads * PRICES.readUnits + usage.writeUnits * artifacts * PRICES.writeUnits) / MILLION,
    },
    { part: 'table: storage, with recovery', dollars: storedGb * (PRICES.storage + PRICES.recovery) },
    { part: 'functions', dollars: functionsCost(artifacts, usage) },
    { part: 'HTTP API', dollars: (one.requests * artifacts * PRICES.requests) / MILLION },
    { part: 'queues', dollars: queuesCost(artifacts, usage) },
    { part: 'logs', dollars: logGb * (PRICES.logs + PRICES.logStorage * monthsKept) },
    {
      part: 'alarms, metrics, dashboard, secrets',
      dollars:
        standing.alarms * PRICES.alarm +
        standing.metrics * PRICES.metric +
        standing.dashboards * PRICES.dashboard +
        standing.secrets * PRICES.secret,
    },
  ];
}

function queuesCost(artifacts: number, { queueRequests, fifoRequests }: Usage): number {
  const fifo = fifoRequests * artifacts + ALWAYS.polls.fifo;
  const standard = (queueRequests - fifoRequests) * artifacts + ALWAYS.polls.standard;
  return (fifo * PRICES.queueRequests.fifo + standard * PRICES.queueRequests.standard) / MILLION;
}

function functionsCost(artifacts: number, { functions }: Usage): number {
  const used = Object.entries(functions) as [FunctionName, { readonly count: number; readonly ms: number }][];
  const ofArtifacts = used
    .filter(([name]) => name !== 'sweeper')
    .reduce((sum, [name, { count, ms }]) => sum + invocationsCost(name, count, ms), 0);
  return ofArtifacts * artifacts + invocationsCost('sweeper', ALWAYS.sweeps, ALWAYS.sweeps * ALWAYS.sweepMs);
}

function invocationsCost(name: FunctionName, count: number, ms: number): number {
  const { memoryMb, architecture } = FUNCTIONS[name];
  const gbSeconds = (ms / 1000) * (memoryMb / 1024);
  return (count * PRICES.invocations) / MILLION + gbSeconds * PRICES.gbSeconds[architecture];
}

export function total(costs: readonly Cost[]): number {
  return costs.reduce((sum, { dollars }) => sum + dollars, 0);
}

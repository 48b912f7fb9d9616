import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/bundle.ts';
import { textTable } from '../git/text-table.ts';
import { pushArtifacts, settled } from '../load/push-artifacts.ts';
import { startMeteredSystem } from '../usage/metered-system.ts';
import { difference, type Usage } from '../usage/usage.ts';
import { monthlyCost, type PerArtifact, total } from './cost-table.ts';
import { standingOf } from './standing.ts';

const USAGE = 'npm run bench -- cost [--artifacts <count>]';
const MONTHLY = [1_000, 100_000, 1_000_000];
/** Of artifacts and logs; nothing is taken away by itself but logs after 30 days. */
const MONTHS_KEPT = 1;

/** Measures what an artifact takes of everything, and says what that costs a month at list prices. */
export async function benchCost(args: readonly string[]): Promise<number> {
  const count = readCount(args);
  if (count === undefined) {
    console.error(USAGE);
    return 2;
  }
  await bundleFunctions();
  const one = await measure(count);
  printUsage(one);
  const standing = standingOf();
  const columns = MONTHLY.map((artifacts) => monthlyCost(artifacts, one, standing, MONTHS_KEPT));
  const parts = (columns[0] ?? []).map(({ part }, row) => [
    part,
    ...columns.map((column) => (column[row]?.dollars ?? 0).toFixed(2)),
  ]);
  const totals = ['all', ...columns.map((column) => total(column).toFixed(2))];
  const heading = ['US dollars a month, artifacts', ...MONTHLY.map((n) => n.toLocaleString('en'))];
  console.log(`\n${textTable([heading, ...parts, totals])}`);
  return 0;
}

/** An artifact with one release and one look at how it went: what a CI job with --wait asks. */
async function measure(count: number): Promise<PerArtifact> {
  const system = await startMeteredSystem({ metersTable: true });
  try {
    await pushArtifacts(system, { name: 'warm', from: 0, count: 2, clients: 1, released: true });
    await settled(system);
    const [before, storedBefore, logsBefore] = [
      system.usage(),
      await system.stored(),
      await system.logBytes(),
    ];
    await pushArtifacts(system, { name: 'cost', from: 0, count, clients: 1, released: true });
    await settled(system);
    const used = difference(system.usage(), before);
    const [stored, logs] = [await system.stored(), await system.logBytes()];
    return {
      usage: divided(used, count),
      requests: (used.functions.authorizer?.count ?? 0) / count,
      storedBytes: (stored.bytes - storedBefore.bytes) / count,
      logBytes: (logs - logsBefore) / count,
    };
  } finally {
    await system.close();
  }
}

function divided(usage: Usage, by: number): Usage {
  const functions = Object.entries(usage.functions).map(
    ([name, { count, ms }]) => [name, { count: count / by, ms: ms / by }] as const,
  );
  return {
    readUnits: usage.readUnits / by,
    writeUnits: usage.writeUnits / by,
    reads: usage.reads / by,
    writes: usage.writes / by,
    queueRequests: usage.queueRequests / by,
    fifoRequests: usage.fifoRequests / by,
    functions: Object.fromEntries(functions),
  };
}

function printUsage({ usage, storedBytes, logBytes }: PerArtifact): void {
  console.log('An artifact with one release takes:\n');
  const functions = Object.entries(usage.functions).map(([name, { count, ms }]) => [
    `${name}: invocations, ms`,
    `${count.toFixed(1)}, ${ms.toFixed(0)}`,
  ]);
  console.log(
    textTable([
      ['of', 'amount'],
      ['table: read units', usage.readUnits.toFixed(1)],
      ['table: write units', usage.writeUnits.toFixed(1)],
      ['table: bytes, indexes included', storedBytes.toFixed(0)],
      ['queue requests', usage.queueRequests.toFixed(1)],
      ['of them to FIFO queues', usage.fifoRequests.toFixed(1)],
      ['bytes of logs', logBytes.toFixed(0)],
      ...functions,
    ]),
  );
  console.log('\nMilliseconds are of this machine, all parts on it side by side: on AWS they are fewer.');
}

function readCount(args: readonly string[]): number | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { artifacts: { type: 'string', default: '20' } },
    });
    const count = Number(values.artifacts);
    return Number.isInteger(count) && count > 0 ? count : undefined;
  } catch {
    return undefined;
  }
}

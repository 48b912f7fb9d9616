import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/bundle.ts';
import { textTable } from '../git/text-table.ts';
import { type MeteredSystem, startMeteredSystem } from '../usage/metered-system.ts';
import { difference, type Usage } from '../usage/usage.ts';
import { measureBurst } from './burst.ts';
import { type GrowthOptions, measureGrowth } from './growth.ts';
import { get, pushArtifacts, settled } from './push-artifacts.ts';

const USAGE = `npm run bench -- load [options]

  --clients LIST   pushing side by side (default: 1,4,16,64)
  --stored LIST    artifacts that are stored when it is measured, each with its release (default: 100,1000,10000,100000)
  --artifacts N    pushed in each measurement (default: 200)
  --burst N        releases at once through the one writer; 0: none (default: 1000)
`;

interface Options extends GrowthOptions {
  readonly burst: number;
}

/** Measures the whole local stack from its bundles: the machine is shared by clients, services and functions. */
export async function benchLoad(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return 2;
  await bundleFunctions();
  const date = new Date().toISOString().slice(0, 10);
  console.log(`Load, ${date}: ${availableParallelism()} cores, node ${process.version}\n`);
  console.log(await measureGrowth(options));
  await units();
  if (options.burst > 0) await burst(options.burst);
  return 0;
}

/** What an artifact, a release and a page take of the table. */
async function units(): Promise<void> {
  const system = await startMeteredSystem({ metersTable: true });
  const COUNT = 20;
  try {
    await pushArtifacts(system, { name: 'first', from: 0, count: 1, clients: 1, released: true });
    await settled(system);
    const taking = (what: string, times: number, act: () => Promise<unknown>) =>
      taken(system, what, times, async () => {
        await act();
        await settled(system);
      });
    const push = (name: string, released: boolean) =>
      pushArtifacts(system, { name, from: 0, count: COUNT, clients: 1, released });
    const rows = [
      await taking('artifact, nothing released', COUNT, () => push('kept', false)),
      await taking('artifact, one release of it', COUNT, () => push('released', true)),
      await taking('page of 10 artifacts', 1, () => get(system, '/api/artifacts?limit=10')),
      await taking('page of 10 releases', 1, () => get(system, '/api/releases?env=staging&limit=10')),
      await taking('status of an app', 1, () => get(system, '/api/status?env=staging&app=released-1')),
    ];
    const heading = ['each', 'read units', 'write units', 'reads', 'writes', 'queue requests'];
    console.log(`\nOf DynamoDB, indexes included, and of SQS:\n\n${textTable([heading, ...rows])}`);
  } finally {
    await system.close();
  }
}

async function taken(
  system: MeteredSystem,
  what: string,
  times: number,
  act: () => Promise<void>,
): Promise<string[]> {
  const before = system.usage();
  await act();
  const used: Usage = difference(system.usage(), before);
  const figures = [used.readUnits, used.writeUnits, used.reads, used.writes, used.queueRequests];
  return [what, ...figures.map((figure) => (figure / times).toFixed(1))];
}

async function burst(count: number): Promise<void> {
  const { seconds, afterLastPush, commits, pushes } = await measureBurst(count);
  console.log(
    `\nA burst of ${count} releases through one writer: the last commit after ${seconds.toFixed(1)} s ` +
      `(${afterLastPush.toFixed(1)} s after the last was accepted), ${commits} commits in ${pushes} pushes`,
  );
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        clients: { type: 'string', default: '1,4,16,64' },
        stored: { type: 'string', default: '100,1000,10000,100000' },
        artifacts: { type: 'string', default: '200' },
        burst: { type: 'string', default: '1000' },
      },
    });
    const [clients, stored] = [values.clients, values.stored].map((list) => list.split(',').map(Number));
    const [artifacts, count] = [Number(values.artifacts), Number(values.burst)];
    const whole = [...(clients ?? []), ...(stored ?? []), artifacts, count];
    const fits = whole.every((n) => Number.isInteger(n) && n >= 0) && artifacts > 0 && !clients?.includes(0);
    if (fits && clients && stored) return { clients, stored, artifacts, burst: count };
    console.error(`All options are whole numbers, clients and artifacts more than 0.\n\n${USAGE}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  return undefined;
}

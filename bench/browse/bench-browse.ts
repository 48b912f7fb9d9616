import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/bundle.ts';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { type LocalSystem, startSystem } from '../../local/system.ts';
import { median, percentile } from '../git/statistics.ts';
import { textTable } from '../git/text-table.ts';
import { fillBeside } from './fill-beside.ts';
import { FILLED_ENV, FILLED_FROM } from './fill-table.ts';

const USAGE = `npm run bench -- browse [options]

  --stored N   artifacts, each with a release (default: 10000)
  --rounds N   how often each answer is asked for (default: 200)
`;
const APPS = 100;
const WANTED_MS = 50;
/** Asked for first, so that all is loaded and compiled. */
const WARM_UP = 20;

interface Options {
  readonly stored: number;
  readonly rounds: number;
}

/** Measures how long status, history and artifacts take to answer when much is stored, beside an answer of nothing. */
export async function benchBrowse(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return 2;
  await bundleFunctions();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gimletd-bench-'));
  const system = await startSystem({
    ...{ dataDirectory, port: 0, quiet: true, warm: true, bundles: true },
    // Nobody is to be slowed down.
    requestsPerMinute: 10_000_000,
  });
  try {
    await fill(system, options.stored);
    return report(options, await measure(system, options));
  } finally {
    await system.close();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function fill({ endpoints, tableName }: LocalSystem, stored: number): Promise<void> {
  const { region, credentials } = LOCAL_AWS;
  const config = { endpoint: endpoints.dynamodb, region, credentials };
  await fillBeside({ config, tableName }, { from: 0, to: stored, apps: APPS });
}

function asked(stored: number): Readonly<Record<string, string>> {
  const half = new Date(FILLED_FROM + (stored / 2) * 60_000).toISOString();
  const app = `app-${(stored - 1) % APPS}`;
  return {
    'a bare request': '/',
    'status, an app': `/api/status?env=${FILLED_ENV}&app=${app}`,
    [`status, all ${APPS} apps`]: `/api/status?env=${FILLED_ENV}`,
    'history, the last 10': `/api/releases?env=${FILLED_ENV}`,
    'history, 10 in the middle': `/api/releases?env=${FILLED_ENV}&until=${half}`,
    'history, the first 10': `/api/releases?env=${FILLED_ENV}&reverse=true`,
    'history of an app, 10': `/api/releases?env=${FILLED_ENV}&app=${app}`,
    'history of a repository, 10': `/api/releases?env=${FILLED_ENV}&app=${app}&git-repo=acme/${app}`,
    'artifacts, the last 10': '/api/artifacts?view=summary',
    'artifacts, 10 in the middle': `/api/artifacts?view=summary&until=${half}`,
    'artifacts of an app, 10': `/api/artifacts?view=summary&app=${app}`,
    'an artifact': `/api/artifacts/${app}-${stored - 1}`,
  };
}

/** Milliseconds of each answer, in turn with all others. */
async function measure(system: LocalSystem, { stored, rounds }: Options): Promise<Map<string, number[]>> {
  const all = Object.entries(asked(stored));
  const times = new Map<string, number[]>(all.map(([name]) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [name, path] of all) {
      const ms = await timed(system, path);
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  return times;
}

async function timed({ url, adminToken }: LocalSystem, path: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${adminToken}` } });
  const text = await answer.text();
  const ms = performance.now() - startedAt;
  if (!answer.ok || text.length < 3) throw new Error(`${path} was answered ${answer.status}: ${text}`);
  return ms;
}

function report({ stored, rounds }: Options, times: ReadonlyMap<string, readonly number[]>): number {
  const date = new Date().toISOString().slice(0, 10);
  console.log(`Browsing, ${date}: ${availableParallelism()} cores, node ${process.version}\n`);
  const figures = [...times].map(([name, ms]) => ({ name, half: median(ms), most: percentile(ms, 99) }));
  const bare = figures[0]?.half ?? Number.NaN;
  const rows = figures.map(({ name, half, most }) => {
    return [name, half.toFixed(1), most.toFixed(1), (half / bare).toFixed(1)];
  });
  console.log(textTable([[`${stored} releases stored`, 'median ms', 'p99 ms', '× bare'], ...rows]));
  const goals = figures.flatMap(({ name, half, most }) => [
    claim(`${name}: median under ${WANTED_MS} ms`, half < WANTED_MS),
    claim(`${name}: p99 under ${WANTED_MS} ms`, most < WANTED_MS),
  ]);
  console.log(`\n${rounds} rounds: ${goals.filter(Boolean).length} of ${goals.length} goals met`);
  return goals.every(Boolean) ? 0 : 1;
}

function claim(text: string, met: boolean): boolean {
  if (!met) console.log(`✗ ${text}`);
  return met;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const options = {
      stored: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '200' },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const [stored, rounds] = [Number(values.stored), Number(values.rounds)];
    if (Number.isInteger(stored) && stored >= APPS && Number.isInteger(rounds) && rounds > 0) {
      return { stored, rounds };
    }
    console.error(`--stored must be at least ${APPS}, --rounds more than 0; both whole numbers.\n\n${USAGE}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  return undefined;
}

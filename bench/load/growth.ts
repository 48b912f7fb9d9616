import { fillBeside } from '../browse/fill-beside.ts';
import { FILLED_ENV } from '../browse/fill-table.ts';
import { progressOnStderr } from '../git/progress.ts';
import { median, percentile } from '../git/statistics.ts';
import { type MeteredSystem, startMeteredSystem } from '../usage/metered-system.ts';
import { growthTable } from './growth-table.ts';
import { get, type Pushed, pushArtifacts, settled } from './push-artifacts.ts';

export interface GrowthOptions {
  /** How many push side by side; each is measured. */
  readonly clients: readonly number[];
  /** How many artifacts are stored when it is measured. */
  readonly stored: readonly number[];
  /** Pushed in each measurement. */
  readonly artifacts: number;
}

interface Measured {
  readonly stored: number;
  readonly pushed: ReadonlyMap<number, Pushed>;
  /** Milliseconds of each page, the median. */
  readonly pages: Readonly<Record<string, number>>;
}

/** What is stored is of so many apps, what is pushed of one of them. */
const APPS = 100;
const APP = 'app-0';
/** Between two that are stored; the last came right before the measurement. */
const EVERY_MS = 10_000;
const PAGES = {
  'page of 10 artifacts': '/api/artifacts?limit=10',
  'page of 10 releases': `/api/releases?env=${FILLED_ENV}&limit=10`,
  'status of an app': `/api/status?env=${FILLED_ENV}&app=${APP}`,
};
const PAGE_ROUNDS = 20;
/** Pushed before anything is measured, by all clients at once, so that all is started, loaded and compiled. */
const WARM_UP = 200;

/** How fast artifacts are accepted and pages answered, by clients and by what is stored; as text. */
export async function measureGrowth(options: GrowthOptions): Promise<string> {
  // The sweeper would begin with the audit entries of all that is stored, which would long be sealed elsewhere.
  const system = await startMeteredSystem({ metersTable: false, sweepEverySeconds: 86_400 });
  const tell = progressOnStderr();
  try {
    const sizes = [...new Set(options.stored)].sort((a, b) => a - b);
    const [most = 0] = sizes.slice(-1);
    const filling = { apps: APPS, since: Date.now() - most * EVERY_MS, everyMs: EVERY_MS };
    await warmUp(system, Math.max(...options.clients));
    const all: Measured[] = [];
    let there = 0;
    for (const stored of sizes) {
      const progress = (count: number) => tell(`stored ${count.toLocaleString('en')}`);
      if (stored > there) await fillBeside(system.table, { ...filling, from: there, to: stored, progress });
      there = Math.max(there, stored);
      tell(`measuring with ${stored.toLocaleString('en')} stored`);
      all.push(await measure(system, stored, options));
    }
    return report(all, options.clients);
  } finally {
    await system.close();
  }
}

async function warmUp(system: MeteredSystem, clients: number): Promise<void> {
  await pushArtifacts(system, { name: 'warm', from: 0, count: WARM_UP, clients, released: false });
  await settled(system);
}

async function measure(system: MeteredSystem, stored: number, options: GrowthOptions): Promise<Measured> {
  const pushed = new Map<number, Pushed>();
  for (const clients of options.clients) {
    const name = `pushed-${stored}-${clients}`;
    const push = { name, app: APP, from: 0, count: options.artifacts, clients, released: false };
    pushed.set(clients, await pushArtifacts(system, push));
  }
  await settled(system);
  const pages: Record<string, number> = {};
  for (const [name, path] of Object.entries(PAGES)) pages[name] = await pageMs(system, path);
  return { stored, pushed, pages };
}

async function pageMs(system: MeteredSystem, path: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < PAGE_ROUNDS; round += 1) {
    const startedAt = performance.now();
    await get(system, path);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

function report(all: readonly Measured[], clients: readonly number[]): string {
  const byClients = (heading: string, figure: (pushed: Pushed) => number) => {
    const rows = all.map(({ stored, pushed }) => ({
      stored,
      figures: Object.fromEntries(
        clients.flatMap((count) => {
          const one = pushed.get(count);
          return one ? [[count === 1 ? '1 client' : `${count} clients`, figure(one)] as const] : [];
        }),
      ),
    }));
    return growthTable(heading, rows);
  };
  return [
    'Accepted, with all decisions behind them; × is what it is of the smallest size:',
    byClients('artifacts/s', ({ seconds, latencies }) => latencies.length / seconds),
    byClients('median ms of a push', ({ latencies }) => median(latencies)),
    byClients('p99 ms of a push', ({ latencies }) => percentile(latencies, 99)),
    growthTable(
      'median ms of an answer',
      all.map(({ stored, pages }) => ({ stored, figures: pages })),
    ),
  ].join('\n\n');
}

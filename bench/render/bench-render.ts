import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { median } from '../git/statistics.ts';
import { textTable } from '../git/text-table.ts';
import { type Case, makeCases } from './cases.ts';
import { cpuMs } from './cpu-time.ts';

const USAGE = 'npm run bench -- render [--rounds <count>] [--json]';
/** Of a bare helm, and milliseconds of a release that was rendered before. */
const GOALS = { ofBareHelm: 1.15, cachedMs: 3 };

interface Measured {
  readonly name: string;
  readonly medianMs: number;
  /** CPU time of a release, helm's included; the best time where the system does not tell. */
  readonly cpuMs: number;
  readonly ofBareHelm: number;
}

/**
 * Measures what a release takes in the renderer, beside a bare `helm template` of the same chart in the same
 * run, in turn. Shares are of CPU time, which is what a function with one processor waits for.
 */
export async function benchRender(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), 'gimletd-bench-render-'));
  try {
    const cases = await makeCases({
      helm: await ensureHelm(),
      kubectl: await ensureKubectl(),
      directory,
    });
    const measured = await measure(cases, options.rounds);
    return report(measured, options.json);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function parseOptions(
  args: readonly string[],
): { readonly rounds: number; readonly json: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { rounds: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
    });
    const rounds = Number(values.rounds);
    return Number.isInteger(rounds) && rounds > 0 ? { rounds, json: values.json } : undefined;
  } catch {
    return undefined;
  }
}

interface Times {
  readonly wall: number[];
  cpu: number;
}

async function measure(cases: readonly Case[], rounds: number): Promise<Measured[]> {
  const times = new Map(cases.map(({ name }): [string, Times] => [name, { wall: [], cpu: 0 }]));
  // The first round reads the binaries from the disk, and is not counted.
  for (const { run } of cases) await run();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, run } of cases) await time(run, times.get(name));
  }
  const cpuOf = ({ wall, cpu }: Times) => (cpuMs() === undefined ? Math.min(...wall) : cpu / rounds);
  const bare = cpuOf(times.get('bare helm template') ?? { wall: [], cpu: 0 });
  return [...times].map(([name, one]) => {
    return { name, medianMs: median(one.wall), cpuMs: cpuOf(one), ofBareHelm: cpuOf(one) / bare };
  });
}

async function time(run: Case['run'], times: Times | undefined): Promise<void> {
  const cpuBefore = cpuMs() ?? 0;
  const startedAt = performance.now();
  await run();
  times?.wall.push(performance.now() - startedAt);
  if (times) times.cpu += (cpuMs() ?? 0) - cpuBefore;
}

function report(measured: readonly Measured[], json: boolean): number {
  const of = (name: string) => measured.find((one) => one.name === name);
  const chart = of('chart')?.ofBareHelm ?? Number.NaN;
  const cached = of('chart, rendered before')?.medianMs ?? Number.NaN;
  const goals = [
    {
      goal: `a chart takes at most ${GOALS.ofBareHelm} × a bare helm`,
      is: chart.toFixed(2),
      met: chart <= GOALS.ofBareHelm,
    },
    {
      goal: `rendered before, it takes under ${GOALS.cachedMs} ms`,
      is: `${cached.toFixed(2)} ms`,
      met: cached < GOALS.cachedMs,
    },
  ];
  const machine = { cores: availableParallelism(), node: process.version };
  if (json) console.log(JSON.stringify({ machine, measured, goals }, null, 2));
  else console.log(inWords(measured, goals));
  return goals.every(({ met }) => met) ? 0 : 1;
}

function inWords(
  measured: readonly Measured[],
  goals: readonly { readonly goal: string; readonly is: string; readonly met: boolean }[],
): string {
  const rows = measured.map(({ name, medianMs, cpuMs, ofBareHelm }) => [
    name,
    medianMs.toFixed(2),
    cpuMs.toFixed(1),
    ofBareHelm.toFixed(2),
  ]);
  const table = textTable([['one release', 'median ms', 'CPU ms', '× bare helm'], ...rows]);
  const lines = goals.map(({ goal, is, met }) => `${met ? 'met' : 'MISSED'}: ${goal} (${is})`);
  return `${table}\n\n${lines.join('\n')}`;
}

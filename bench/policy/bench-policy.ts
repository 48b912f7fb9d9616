import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { median, percentile } from '../git/statistics.ts';
import { textTable } from '../git/text-table.ts';
import { startBenchSystem } from './bench-system.ts';
import { decisionLatencies } from './decision-latency.ts';
import { EVALUATION_CASES, evaluationsPerSecond } from './evaluations.ts';
import { MANY, manyEnvironments } from './many-environments.ts';

const USAGE = `npm run bench -- policy [options]

  --seconds N     how long each case is evaluated (default: 3)
  --artifacts N   how many are pushed to see how soon they are decided; 0: none (default: 50)
`;
const WANTED_PER_SECOND = 50_000;
/** Of deciding an artifact that has as many environments as one may have. */
const WANTED_MS = 1_000;
const ROUNDS = 5;
/** Of what it does without the policies of other apps. */
const WANTED_SHARE = 0.8;

/** Measures how fast policies are evaluated, and how soon an artifact is decided. */
export async function benchPolicy(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return 2;
  const date = new Date().toISOString().slice(0, 10);
  console.log(`Policies, ${date}: ${availableParallelism()} cores, node ${process.version}\n`);
  const measured = measure(options.seconds * 1000);
  const rows = EVALUATION_CASES.map(({ title }, index) => [title, (measured[index] ?? 0).toFixed(0)]);
  console.log(textTable([['stored', 'evaluations/s'], ...rows]));
  const [, ofApp = 0, withOthers = 0] = measured;
  const goals = [
    claim(`over ${WANTED_PER_SECOND} a second with 100 policies of the app`, ofApp > WANTED_PER_SECOND),
    claim('no slower for 10,000 policies of other apps', withOthers > WANTED_SHARE * ofApp),
  ];
  if (options.artifacts > 0) goals.push(await measureSystem(options.artifacts));
  return goals.every(Boolean) ? 0 : 1;
}

/** Both through the whole local system; answers whether the goal was met. */
async function measureSystem(artifacts: number): Promise<boolean> {
  const system = await startBenchSystem();
  try {
    const latencies = await decisionLatencies(system, artifacts);
    const [half, most] = [median(latencies), percentile(latencies, 99)].map(Math.round);
    console.log(`\npushed to decided, ${artifacts} artifacts: median ${half} ms, p99 ${most} ms`);
    const times = await manyEnvironments(system);
    const list = times.map(Math.round).join(', ');
    console.log(`one artifact of ${MANY} environments, decided and all its releases made: ${list} ms`);
    return claim(
      `${MANY} environments in one invocation, in less than ${WANTED_MS} ms`,
      median(times) < WANTED_MS,
    );
  } finally {
    await system.close();
  }
}

/** The median of several rounds of all cases, after one that only warms up. */
function measure(ms: number): number[] {
  const rounds = [...Array(ROUNDS + 1).keys()].map(() =>
    EVALUATION_CASES.map((one) => evaluationsPerSecond(one, ms / ROUNDS)),
  );
  return EVALUATION_CASES.map((_, index) => median(rounds.slice(1).map((round) => round[index] ?? 0)));
}

function claim(text: string, met: boolean): boolean {
  console.log(`${met ? '✓' : '✗'} ${text}`);
  return met;
}

function readOptions(
  args: readonly string[],
): { readonly seconds: number; readonly artifacts: number } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '3' },
        artifacts: { type: 'string', default: '50' },
      },
    });
    const [seconds, artifacts] = [Number(values.seconds), Number(values.artifacts)];
    if (seconds > 0 && Number.isInteger(artifacts) && artifacts >= 0) return { seconds, artifacts };
    console.error(`--seconds must be more than 0, --artifacts a whole number.\n\n${USAGE}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  return undefined;
}

import { bundleCli } from '../../infra/bundle.ts';
import { processTime } from '../cold/process-time.ts';
import { readRounds } from '../cold/read-rounds.ts';
import { median, percentile } from '../git/statistics.ts';
import { textTable } from '../git/text-table.ts';

const USAGE = 'npm run bench -- cli [--rounds <count>]';
const GOAL_MS = 100;
const BARE = 'node -e 0';
const HELP = 'gimlet --help';

/**
 * Measures how long the CLI's one file takes from start to end for what needs no server, in turn with a Node that does
 * nothing, in the same run.
 */
export async function benchCli(args: readonly string[]): Promise<number> {
  const rounds = readRounds(args, 30);
  if (rounds === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { file, bytes } = await bundleCli();
  const cases: readonly (readonly [name: string, args: readonly string[]])[] = [
    [BARE, ['-e', '0']],
    [HELP, [file, '--help']],
    ['gimlet --version', [file, '--version']],
    ['gimlet artifact push --help', [file, 'artifact', 'push', '--help']],
    ['gimlet completion bash', [file, 'completion', 'bash']],
  ];
  const times = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, processArgs] of cases) times.get(name)?.push(await processTime(processArgs, {}));
  console.log(
    `node ${process.version}, ${rounds} rounds, ${(bytes / 1000).toFixed(0)} KB; ms of a whole process\n`,
  );
  console.log(textTable([['command', 'median', 'p90', 'by node -e 0'], ...rowsOf(times)]));
  const help = median(times.get(HELP) ?? []);
  const goal = `${HELP} takes less than ${GOAL_MS} ms: ${help.toFixed(0)} ms`;
  console.log(`\n${help < GOAL_MS ? '✓' : '✗'} ${goal}`);
  return help < GOAL_MS ? 0 : 1;
}

function rowsOf(times: ReadonlyMap<string, readonly number[]>): string[][] {
  const bare = median(times.get(BARE) ?? []);
  return [...times].map(([name, measured]) => [
    name,
    median(measured).toFixed(0),
    percentile(measured, 90).toFixed(0),
    `${(median(measured) / bare).toFixed(2)} ×`,
  ]);
}

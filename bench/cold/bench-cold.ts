import { join } from 'node:path';
import { bundleFunctions, FUNCTION_BUNDLES } from '../../infra/bundle.ts';
import { parseStage, readStage } from '../../infra/config.ts';
import { environments } from '../../infra/environments.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/contract/functions.ts';
import { median, percentile } from '../git/statistics.ts';
import { textTable } from '../git/text-table.ts';
import { processTime } from './process-time.ts';
import { readRounds } from './read-rounds.ts';

const USAGE = 'npm run bench -- cold [--rounds <count>]';

/**
 * Measures how long a fresh process takes to import each function's bundle, in turn with one that does nothing, in
 * the same run: the difference is the bundle's.
 */
export async function benchCold(args: readonly string[]): Promise<number> {
  const rounds = readRounds(args, 10);
  if (rounds === undefined) {
    console.error(USAGE);
    return 2;
  }
  const bytes = new Map((await bundleFunctions()).map((report) => [report.name, report.bytes]));
  const names = Object.keys(FUNCTIONS) as FunctionName[];
  const bare: number[] = [];
  const times = new Map<FunctionName, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await processTime(['-e', '0'], {}));
    for (const name of names) {
      const file = JSON.stringify(join(FUNCTION_BUNDLES, name, 'index.mjs'));
      // What it keeps open must not keep the process waiting.
      const script = `import(${file}).then(() => process.exit(0))`;
      times.get(name)?.push(await processTime(['-e', script], variablesOf(name)));
    }
  }
  const rows = names.map((name) => {
    const measured = times.get(name) ?? [];
    const own = median(measured) - median(bare);
    return [
      name,
      ((bytes.get(name) ?? 0) / 1000).toFixed(0),
      median(measured).toFixed(0),
      percentile(measured, 90).toFixed(0),
      own.toFixed(0),
    ];
  });
  console.log(`node ${process.version}, ${rounds} rounds; ms of a whole process\n`);
  const nothing = ['node -e 0', '', median(bare).toFixed(0), percentile(bare, 90).toFixed(0), ''];
  console.log(textTable([['function', 'KB', 'median', 'p90', 'of its own'], nothing, ...rows]));
  return 0;
}

/** What the function asks for to start; nothing is called, so names need not be of anything. */
function variablesOf(name: FunctionName): Record<string, string> {
  const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/queue';
  const names = new Proxy({} as Parameters<typeof environments>[1], {
    get: (_target, key) => (/Url$/.test(String(key)) ? queue : 'name'),
  });
  const { settingsJson } = readStage('example');
  const config = parseStage('bench', JSON.stringify({ settings: JSON.parse(settingsJson) }));
  return { ...environments(config, names)[name], AWS_REGION: 'eu-west-1' };
}

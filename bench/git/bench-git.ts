import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleContenders } from './contender-bundle.ts';
import { goals } from './goals.ts';
import { leftOut, measureSize, type SizeResult } from './measure.ts';
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.ts';
import { progressOnStderr } from './progress.ts';
import { formatReport, type Report } from './report.ts';
import { runGit } from './run-git.ts';
import { BenchServer } from './server.ts';
import { SIZES } from './sizes.ts';

/** Measures our way of writing to a GitOps repo against others, and whether it keeps what it promises. */
export async function benchGit(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  const results = await measureAll(options);
  const report: Report = {
    machine: {
      date: new Date().toISOString().slice(0, 10),
      cores: availableParallelism(),
      node: process.version,
      git: await runGit(['--version']),
    },
    results,
    leftOut: leftOut(options),
    goals: goals(results),
  };
  const text = options.json ? JSON.stringify(report, null, 2) : formatReport(report);
  console.log(text);
  if (options.out !== undefined) await writeFile(options.out, `${text}\n`);
  return report.goals.every(({ met }) => met) ? 0 : 1;
}

async function measureAll(options: BenchOptions): Promise<SizeResult[]> {
  const progress = progressOnStderr();
  const cache = join(tmpdir(), 'gimletd-bench');
  await mkdir(cache, { recursive: true });
  const root = await mkdtemp(join(cache, 'run-'));
  const interrupted = () => {
    rmSync(root, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  const server = await BenchServer.start(root);
  try {
    const program = await bundleContenders(join(root, 'contenders'));
    const results: SizeResult[] = [];
    for (const name of options.sizes) {
      const surroundings = { server, root, cache, program, progress };
      results.push(await measureSize(SIZES[name], options, surroundings));
    }
    return results;
  } finally {
    await server.close();
    process.off('SIGINT', interrupted);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

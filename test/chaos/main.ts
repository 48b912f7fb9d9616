/** What must never happen can be looked for by anyone: `npm run chaos -- git`, `npm run chaos -- system`. */
import { runGitChaos } from './git/git-chaos.ts';
import { type ChaosOptions, parseOptions, USAGE, UsageError } from './options.ts';
import { type ChaosReport, formatReport, isFlawless } from './report.ts';
import { runSystemChaos } from './system/system-chaos.ts';

type Run = (options: ChaosOptions, onKill: (kills: number) => void) => Promise<ChaosReport>;

const RUNS: Readonly<Record<string, Run>> = {
  git: (options, onKill) => runGitChaos({ ...options, kills: options.kills ?? 1_000, onKill }),
  system: ({ kills = 200, seed }, onKill) => runSystemChaos({ kills, seed, everyStep: true, onKill }),
};

const PROGRESS_EVERY = 100;

/** Answers the exit code. */
async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const run = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
  if (run === undefined) throw new UsageError(`Which chaos? ${Object.keys(RUNS).join(' or ')}.`);
  const options = parseOptions(args, Date.now());
  console.log(`chaos ${name}, seed ${options.seed}`);
  const report = await run(options, (kills) => {
    if (kills % PROGRESS_EVERY === 0) console.error(`${kills} killed`);
  });
  console.log(formatReport(report));
  return isFlawless(report) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

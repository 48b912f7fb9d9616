/** `npm run demo`: all of GimletD releases a sample application, on this machine, and checks the outcome. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { tellStory } from './demo/story.ts';
import { terminal } from './demo/terminal.ts';
import { type LocalSystem, startSystem } from './system.ts';
import { ensureGit } from './toolchain/git.ts';
import { MissingToolError } from './toolchain/missing-tool-error.ts';
import { welcome } from './welcome.ts';

const CHART = fileURLToPath(new URL('sample/chart/webapp', import.meta.url));
const BUILD = fileURLToPath(new URL('../infra/bundle.ts', import.meta.url));

const { keep, bundles } = readOptions();
const startedAt = Date.now();
const directory = await mkdtemp(join(tmpdir(), 'gimletd-demo-'));
const interrupt = new AbortController();
const { signal } = interrupt;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
let system: LocalSystem | undefined;
try {
  system = await start();
  process.exitCode = judge(await tellStory({ system, directory, bundles, signal }));
  if (keep) {
    console.log(welcome(system));
    await once(signal, 'abort');
  }
} catch (error) {
  process.exitCode = signal.aborted ? 130 : 1;
  if (!signal.aborted) terminal.bad(`\nThe demo did not get to its end: ${reasonOf(error)}`);
} finally {
  await system?.close();
  await tidy();
}

async function start(): Promise<LocalSystem> {
  await ensureGit();
  if (bundles) {
    terminal.command('npm run build');
    await promisify(execFile)(process.execPath, [BUILD]);
  }
  const started = await startSystem({
    dataDirectory: join(directory, 'data'),
    port: 0,
    bundles,
    quiet: true,
    charts: [CHART],
    warm: true,
  });
  terminal.line(
    `GimletD runs at ${started.url}, from its ${bundles ? 'bundles' : 'source'}, for this demo only.`,
  );
  return started;
}

function judge(differences: readonly string[]): 0 | 1 {
  const took = ((Date.now() - startedAt) / 1000).toFixed(1);
  terminal.line();
  if (differences.length === 0) {
    terminal.good(`Right: the GitOps repo holds exactly what was released, nothing else. (${took} s)`);
    return 0;
  }
  terminal.bad('Not right:');
  for (const difference of differences) terminal.line(`  ${difference}`);
  return 1;
}

/** What went wrong can be read in the logs, and what is kept can be started again: then the data stays. */
async function tidy(): Promise<void> {
  const data = join(directory, 'data');
  if (process.exitCode === 1) terminal.note(`Logs: ${join(data, 'logs')}`);
  else if (keep && process.exitCode === 0) terminal.note(`To start it again: GIMLETD_DATA=${data} npm start`);
  else await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

function readOptions(): { keep: boolean; bundles: boolean } {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({ options: { keep: flag, bundles: flag } }).values;
  } catch (error) {
    console.error(`${reasonOf(error)}. The options are --keep and --bundles: npm run demo -- --keep`);
    process.exit(2);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof MissingToolError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

/** `npm start`: all of GimletD on this machine, until Ctrl-C. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DEFAULT_THROTTLE } from '../shared/contract/route-throttle.ts';
import { PortTakenError } from './gateway/listen.ts';
import { MissingBundlesError } from './hosted-functions.ts';
import { DataInUseError } from './lock-data.ts';
import { readStartOptions, StartOptionsError } from './start-options.ts';
import { type LocalSystem, startSystem } from './system.ts';
import { ensureGit } from './toolchain/git.ts';
import { MissingToolError } from './toolchain/missing-tool-error.ts';
import { welcome } from './welcome.ts';

/** The user can do something about these, and the message says what; a stack would only hide it. */
const EXPECTED = [DataInUseError, MissingBundlesError, MissingToolError, PortTakenError, StartOptionsError];

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

try {
  const options = readStartOptions(process.argv.slice(2), process.env);
  await ensureGit();
  const charts = await sampleCharts();
  const system = await startSystem({ ...options, charts, throttle: DEFAULT_THROTTLE, warm: true });
  stopOnSignal(system);
  console.log(welcome(system));
} catch (error) {
  fail(error);
}

/** Every chart folder of the samples. */
async function sampleCharts(): Promise<string[]> {
  const folder = fileURLToPath(new URL('sample', import.meta.url));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.name === 'Chart.yaml').map((entry) => entry.parentPath);
}

/** The first signal stops cleanly, the second at once: state survives both. */
function stopOnSignal(system: LocalSystem): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    console.log('\nStopping … (once more to stop at once)');
    system.close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}

function fail(error: unknown): void {
  const expected = EXPECTED.some((type) => error instanceof type);
  const words = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
  console.error(`GimletD ${expected ? 'can’t start' : 'stopped'}: ${words}`);
  process.exit(1);
}

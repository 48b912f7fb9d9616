/**
 * What tools say that we did not write: `npm run outside`. The templates are synthesised as a newcomer would, without
 * credentials, and read by cfn-lint; the adapters speak to moto's DynamoDB and SQS instead of ours. A tool that is not
 * installed is named, and its check left out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Those that show what the adapters rely on: conditional writes, indexes, pages, batches of messages. */
const ADAPTER_TESTS = ['artifact-store', 'target-store', 'request-release', 'change-settings', 'redrive'].map(
  (name) => `test/integration/${name}.test.ts`,
);
/** moto loses updates that come at once. */
const NOT_AT_ONCE = '^(?!.*(many|two) at a time)';
const TRIES = 200;

const scratch = mkdtempSync(join(tmpdir(), 'gimletd-outside-'));
try {
  const results = [synthesise(), lint(), await adaptersOnMoto()];
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Strictly: a warning is a failure. */
function synthesise(): boolean {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const command = ['synth', '--strict', '--quiet', '--output', scratch, '--context', 'stage=example'];
  return told('cdk synth --strict, without credentials', run('cdk', command, env));
}

function lint(): boolean {
  if (!isInstalled('cfn-lint', ['--version'])) return leftOut('cfn-lint', 'pip install cfn-lint');
  const templates = readdirSync(scratch).filter((file) => file.endsWith('.template.json'));
  const files = templates.map((file) => join(scratch, file));
  // W3005: that a resource waits for what it refers to anyway. CDK says so for clarity.
  const isSilent = files.length > 0 && run('cfn-lint', ['--ignore-checks', 'W3005', '--', ...files]);
  return told(`cfn-lint on ${templates.length} templates`, isSilent);
}

async function adaptersOnMoto(): Promise<boolean> {
  if (!isInstalled('moto_server', ['--help'])) return leftOut('moto_server', "pip install 'moto[server]'");
  const port = await freePort();
  const moto = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore', detached: true });
  try {
    const endpoint = `http://127.0.0.1:${port}`;
    await answering(endpoint);
    const env = { ...process.env, GIMLETD_TEST_AWS: endpoint };
    const command = ['run', '--maxWorkers', '1', '--testNamePattern', NOT_AT_ONCE, ...ADAPTER_TESTS];
    return told('the adapters on moto', run('vitest', command, env));
  } finally {
    if (moto.pid !== undefined) process.kill(-moto.pid, 'SIGKILL');
  }
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) console.error(`${stdout}${stderr}`);
  return status === 0;
}

function isInstalled(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function told(what: string, isFine: boolean): boolean {
  console.log(`${isFine ? '✓' : '✗'} ${what}`);
  return isFine;
}

function leftOut(tool: string, install: string): true {
  console.log(`– left out: ${tool} is not installed (${install})`);
  return true;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

async function answering(endpoint: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error('moto_server does not answer');
}

/**
 * What tools say that we did not write: `npm run outside`. The templates are synthesised as a newcomer would, without
 * credentials, read by cfn-lint, and deployed to moto by the aws CLI, which then says what is there; the adapters speak
 * to moto's DynamoDB and SQS instead of ours. A tool that is not installed is named, and its check left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployToMoto } from './deploy-to-moto.ts';
import { startMoto } from './moto.ts';

/** Those that show what the adapters rely on: conditional writes, indexes, pages, batches of messages. */
const ADAPTER_TESTS = ['artifact-store', 'target-store', 'request-release', 'change-settings', 'redrive'].map(
  (name) => `test/integration/${name}.test.ts`,
);
/** moto loses updates that come at once. */
const NOT_AT_ONCE = '^(?!.*(many|two) at a time)';

const scratch = mkdtempSync(join(tmpdir(), 'gimletd-outside-'));
try {
  const results = [synthesise(), lint(), ...(await onMoto())];
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

async function onMoto(): Promise<boolean[]> {
  if (!isInstalled('moto_server', ['--help'])) return [leftOut('moto_server', "pip install 'moto[server]'")];
  return [await stacksOnMoto(), await adaptersOnMoto()];
}

async function adaptersOnMoto(): Promise<boolean> {
  using moto = await startMoto();
  const env = { ...process.env, GIMLETD_TEST_AWS: moto.endpoint };
  const command = ['run', '--maxWorkers', '1', '--testNamePattern', NOT_AT_ONCE, ...ADAPTER_TESTS];
  return told('the adapters on moto', run('vitest', command, env));
}

async function stacksOnMoto(): Promise<boolean> {
  if (!isInstalled('aws', ['--version'])) return leftOut('aws', 'pip install awscli');
  using moto = await startMoto();
  try {
    const { deployed, leftOut: types, differences } = await deployToMoto(scratch, moto.endpoint);
    for (const difference of differences) console.error(difference);
    const what = `${deployed} resources deployed to moto with the aws CLI, and read back`;
    const isFine = told(what, differences.length === 0);
    const list = Object.entries(types).map(([type, count]) => `${count} ${type}`);
    console.log(`  without alarms that moto refuses or that are like others: ${list.join(', ')}`);
    return isFine;
  } catch (error) {
    console.error(error);
    return told('the stacks on moto', false);
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

/**
 * All that CI checks, in the order of what fails fastest: `npm run check`. Every step runs, whatever the ones before
 * it said; the last line counts.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const STEPS: readonly Step[] = [
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'what others say', command: ['npm', 'run', '--silent', 'outside'] },
];

async function main(): Promise<void> {
  const counts: Count[] = [];
  for (const step of STEPS) counts.push(await runStep(step));
  counts.push(await runTests());
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

async function runStep({ name, command }: Step): Promise<Count> {
  console.log(`\n▸ ${name}: ${command.join(' ')}`);
  const isFine = (await run(command)) === 0;
  console.log(isFine ? `  ${name} passed` : `  ${name} FAILED`);
  return { passed: Number(isFine), failed: Number(!isFine) };
}

/** The README's test command; its tests are counted one by one. */
async function runTests(): Promise<Count> {
  console.log('\n▸ tests (with the import rule and the bundles’ budgets): npm test');
  const folder = mkdtempSync(join(tmpdir(), 'gimletd-check-'));
  const report = join(folder, 'tests.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run(['npm', 'test', '--', ...reporters]);
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<
      string,
      number
    >;
    // A run that fails without a failed test (a file that can't be loaded, a leaked error) is a failure too.
    const failed = Math.max(numFailedTests ?? 0, Number(code !== 0));
    return { passed: numPassedTests ?? 0, failed };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run([program, ...args]: readonly [string, ...string[]]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

await main();

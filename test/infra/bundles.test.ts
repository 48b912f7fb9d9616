import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleCli, bundleFunctions } from '../../infra/bundle.ts';
import { budgetProblems } from '../../infra/bundling/bundle-budget.ts';
import type { BundleReport } from '../../infra/bundling/bundle-report.ts';
import { folderForTests } from '../support/test-folder.ts';
import { FUNCTION_NAMES, synthesise, variablesOf } from './synthesised.ts';

const run = promisify(execFile);
const { service } = synthesise();
const out = folderForTests();
let reports: ReadonlyMap<string, BundleReport>;

beforeAll(async () => {
  const all = [...(await bundleFunctions({ outDir: out })), await bundleCli(join(out, 'gimlet.mjs'))];
  reports = new Map(all.map((report) => [report.name, report]));
});

function bundleOf(name: string): BundleReport {
  const report = reports.get(name);
  if (!report) throw new Error(`${name} was not bundled`);
  return report;
}

describe.each(FUNCTION_NAMES)('the function %s', (name) => {
  test('is within its budget', () => {
    expect(budgetProblems(bundleOf(name))).toEqual([]);
  });

  test('starts with the variables that it is deployed with, where nothing is installed', async () => {
    const { file } = bundleOf(name);
    const env = { ...variablesOf(service, name), AWS_REGION: 'eu-west-1', TMPDIR: out };
    const script = `import(${JSON.stringify(file)}).then(({ handler }) => console.log(typeof handler))`;
    const { stdout } = await run(process.execPath, ['-e', script], { env, cwd: out });
    expect(stdout).toBe('function\n');
  });
});

describe('the CLI', () => {
  test('is within its budget', () => {
    expect(budgetProblems(bundleOf('gimlet'))).toEqual([]);
  });

  test('is one file that runs where nothing is installed', async () => {
    const { stdout } = await run(bundleOf('gimlet').file, ['--help'], { cwd: out });
    expect(stdout).toMatch(/^Usage: gimlet/);
  });
});

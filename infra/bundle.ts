import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { FUNCTIONS, type FunctionName } from '../shared/contract/functions.ts';
import { budgetProblems } from './bundling/bundle-budget.ts';
import { functionBundleOptions } from './bundling/bundle-options.ts';
import { type BundleReport, bundleReport } from './bundling/bundle-report.ts';
import { makeCliBundle } from './bundling/cli-bundle.ts';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where the functions' bundles are built unless told otherwise. */
export const FUNCTION_BUNDLES = join(ROOT, 'dist/functions');

export interface BundleFunctionsOptions {
  /** Default: every function of the contract. */
  readonly names?: readonly FunctionName[];
  /** Each function gets a folder of its own in it, with `index.mjs`. */
  readonly outDir?: string;
}

/**
 * Bundles functions, each into `<outDir>/<name>/index.mjs`.
 * @throws esbuild's BuildFailure when a handler is missing or does not resolve.
 */
export async function bundleFunctions(options: BundleFunctionsOptions = {}): Promise<BundleReport[]> {
  const { names = Object.keys(FUNCTIONS) as FunctionName[], outDir = FUNCTION_BUNDLES } = options;
  return Promise.all(names.map((name) => bundleFunction(name, join(outDir, name))));
}

async function bundleFunction(name: FunctionName, dir: string): Promise<BundleReport> {
  await rm(dir, { recursive: true, force: true });
  const file = join(dir, 'index.mjs');
  const { metafile } = await build(functionBundleOptions(ROOT, join(ROOT, handlerPath(name)), file));
  return bundleReport(name, file, metafile);
}

/** Where a function's deployed entry is, relative to the project. */
export function handlerPath(name: FunctionName): string {
  return `functions/${name}/handler.ts`;
}

/** Bundles the CLI into one executable file. */
export async function bundleCli(file = join(ROOT, 'dist/gimlet.mjs')): Promise<BundleReport> {
  const { text, metafile } = await makeCliBundle(ROOT, join(ROOT, 'cli/bin.ts'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o755 });
  await chmod(file, 0o755);
  return { ...bundleReport('gimlet', file, metafile), bytes: Buffer.byteLength(text) };
}

if (import.meta.main) {
  const reports = [...(await bundleFunctions()), await bundleCli()];
  for (const { name, bytes } of reports) console.log(`${name.padEnd(12)} ${(bytes / 1000).toFixed(0)} KB`);
  const problems = reports.flatMap(budgetProblems);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

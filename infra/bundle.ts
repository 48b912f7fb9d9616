import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS, type FunctionName } from '../shared/contract/functions.ts';
import { budgetProblems } from './bundling/bundle-budget.ts';
import { type BundleReport, bundleReport } from './bundling/bundle-report.ts';
import { makeCliBundle } from './bundling/cli-bundle.ts';
import { makeFunctionBundle } from './bundling/function-bundle.ts';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CLI_ENTRY = 'cli/bin.ts';

/** Where the functions' bundles are built unless told otherwise. */
export const FUNCTION_BUNDLES = join(ROOT, 'dist/functions');

export interface BundleFunctionsOptions {
  /** Default: every function of the contract. */
  readonly names?: readonly FunctionName[];
  /** Each function gets a folder of its own in it, with `index.mjs`. */
  readonly outDir?: string;
}

/**
 * Bundles functions, each into `<outDir>/<name>/index.mjs` and what that loads.
 * @throws esbuild's BuildFailure when a handler is missing or does not resolve.
 */
export async function bundleFunctions(options: BundleFunctionsOptions = {}): Promise<BundleReport[]> {
  const { names = Object.keys(FUNCTIONS) as FunctionName[], outDir = FUNCTION_BUNDLES } = options;
  return Promise.all(names.map((name) => bundleFunction(name, join(outDir, name))));
}

async function bundleFunction(name: FunctionName, dir: string): Promise<BundleReport> {
  await rm(dir, { recursive: true, force: true });
  const file = join(dir, 'index.mjs');
  const metafile = await makeFunctionBundle(ROOT, join(ROOT, handlerPath(name)), file);
  return bundleReport(name, file, handlerPath(name), metafile);
}

/** Where a function's deployed entry is, relative to the project. */
export function handlerPath(name: FunctionName): string {
  return `functions/${name}/handler.ts`;
}

/** Bundles the CLI into one executable file. */
export async function bundleCli(file = join(ROOT, 'dist/gimlet.mjs')): Promise<BundleReport> {
  const { text, metafile } = await makeCliBundle(ROOT, join(ROOT, CLI_ENTRY));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o755 });
  await chmod(file, 0o755);
  // One file: all of it is read, and each part of it is parsed when it is needed.
  const report = bundleReport('gimlet', file, CLI_ENTRY, metafile);
  return { ...report, bytes: Buffer.byteLength(text), laterBytes: 0 };
}

if (import.meta.main) {
  const reports = [...(await bundleFunctions()), await bundleCli()];
  const kb = (bytes: number) => `${(bytes / 1000).toFixed(0)} KB`.padStart(7);
  for (const { name, bytes, laterBytes } of reports) {
    console.log(`${name.padEnd(12)}${kb(bytes)}${laterBytes > 0 ? `, later${kb(laterBytes)}` : ''}`);
  }
  const problems = reports.flatMap(budgetProblems);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS, type FunctionName } from '../shared/contract/functions.ts';
import type { HostedFunction } from './host/host.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Where `npm run build` puts them. */
const BUNDLES = join(ROOT, 'dist', 'functions');

/** Enough for one machine; each is a thread that is started only when needed. */
const ORDINARY = 4;

/**
 * Most execution environments of each function. The writer's is its reserved concurrency, the number of writer
 * lanes: one. A renderer keeps a processor busy.
 */
const CONCURRENCY: Readonly<Record<FunctionName, number>> = {
  authorizer: ORDINARY,
  artifacts: ORDINARY,
  releases: ORDINARY,
  admin: ORDINARY,
  docs: 1,
  policy: ORDINARY,
  renderer: Math.max(2, availableParallelism()),
  charts: ORDINARY,
  writer: 1,
  notifier: ORDINARY,
  sweeper: 1,
};

/** `--bundles` was asked for and there are none. */
export class MissingBundlesError extends Error {
  override readonly name = 'MissingBundlesError';
}

export function concurrencyOf(functionName: FunctionName): number {
  return CONCURRENCY[functionName];
}

/**
 * Every function of the contract, from its source, or from its bundle in a folder of bundles.
 * @throws MissingBundlesError
 */
export function hostedFunctions(bundles: boolean | string): Readonly<Record<FunctionName, HostedFunction>> {
  const names = Object.keys(FUNCTIONS) as FunctionName[];
  const hosted = names.map((name) => {
    const handlerPath =
      bundles === false ? sourceOf(name) : bundleOf(name, bundles === true ? BUNDLES : bundles);
    const { timeoutSeconds, memoryMb } = FUNCTIONS[name];
    return [name, { handlerPath, timeoutSeconds, memoryMb, concurrency: CONCURRENCY[name] }] as const;
  });
  return Object.fromEntries(hosted) as Record<FunctionName, HostedFunction>;
}

function sourceOf(name: FunctionName): string {
  return join(ROOT, 'functions', name, 'handler.ts');
}

function bundleOf(name: FunctionName, folder: string): string {
  const path = join(folder, name, 'index.mjs');
  if (!existsSync(path))
    throw new MissingBundlesError(`${path} is missing: build the bundles first, npm run build`);
  return path;
}

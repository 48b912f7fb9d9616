import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS, type FunctionName } from '../shared/contract/functions.ts';
import type { HostedFunction } from './host/host.ts';

const ROOT = new URL('../', import.meta.url);

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
  policy: ORDINARY,
  renderer: Math.max(2, availableParallelism()),
  charts: ORDINARY,
  writer: 1,
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
 * Every function of the contract, from its source or from the bundle that deploys.
 * @throws MissingBundlesError
 */
export function hostedFunctions(from: 'source' | 'bundles'): Readonly<Record<FunctionName, HostedFunction>> {
  const names = Object.keys(FUNCTIONS) as FunctionName[];
  const hosted = names.map((name) => {
    const path = from === 'source' ? `functions/${name}/handler.ts` : `dist/functions/${name}/index.mjs`;
    const { timeoutSeconds, memoryMb } = FUNCTIONS[name];
    const handlerPath = fileURLToPath(new URL(path, ROOT));
    if (from === 'bundles' && !existsSync(handlerPath))
      throw new MissingBundlesError(`${path} is missing: build the bundles first, npm run build`);
    return [name, { handlerPath, timeoutSeconds, memoryMb, concurrency: CONCURRENCY[name] }] as const;
  });
  return Object.fromEntries(hosted) as Record<FunctionName, HostedFunction>;
}

import { parseArgs } from 'node:util';
import type { EngineName } from './git/writer-protocol.ts';

/** An option that can't be; the message names it and what it may be. */
export class UsageError extends Error {}

export const USAGE = `npm run chaos -- git [options]      a writer at a time, killed at every step of its work
npm run chaos -- system [options]   the whole local system, every function killed

  --kills N            how many (default: git 1000, system 200)
  --seed N             of what goes wrong when (default: another one each time; it is printed)
  --engine NAME        git only: smart-http or isomorphic (default: smart-http)
  --no-history-scan    git only: the negative control, which must end with duplicates
`;

export interface ChaosOptions {
  readonly kills: number | undefined;
  readonly seed: number;
  readonly engine: EngineName;
  readonly historyScan: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[], now: number): ChaosOptions {
  const { kills, seed, engine, 'no-history-scan': blind } = readArgs(args);
  if (engine !== 'smart-http' && engine !== 'isomorphic') {
    throw new UsageError(`--engine can't be '${engine}': it is smart-http or isomorphic.`);
  }
  return {
    kills: kills === undefined ? undefined : wholeNumber('kills', kills, 1),
    seed: seed === undefined ? now % 1_000_000 : wholeNumber('seed', seed, 0),
    engine,
    historyScan: !blind,
  };
}

function readArgs(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        seed: { type: 'string' },
        engine: { type: 'string', default: 'smart-http' },
        'no-history-scan': { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  throw new UsageError(`--${option} can't be '${text}': it takes a whole number from ${least}.`);
}

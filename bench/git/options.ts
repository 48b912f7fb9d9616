import { parseArgs } from 'node:util';
import { CONTENDER_NAMES, type ContenderName } from './contenders/contenders.ts';
import { SIZE_NAMES, type SizeName } from './sizes.ts';

export interface BenchOptions {
  readonly sizes: readonly SizeName[];
  readonly contenders: readonly ContenderName[];
  readonly batches: readonly number[];
  readonly latenciesMs: readonly number[];
  /** Undefined: as many as each size has by itself. */
  readonly rounds: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

export const USAGE = `npm run bench -- git [options]

  --sizes LIST        of ${SIZE_NAMES.join(',')} (default: all)
  --contenders LIST   of ${CONTENDER_NAMES.join(',')} (default: all)
  --batches LIST      releases in one push (default: 1,10,100,1000)
  --latency LIST      milliseconds added to every request (default: 0,30)
  --rounds N          how often everything is measured (default: 20 on S, 12 on M, 8 on L)
  --json              print all that was measured as JSON, not the tables
  --out FILE          write what is printed to a file too
`;

/** An option that can't be; the message names it and what it may be. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[]): BenchOptions {
  const { sizes, contenders, batches, latency, rounds, json, out } = readArgs(args);
  return {
    sizes: choices('sizes', sizes, SIZE_NAMES),
    contenders: choices('contenders', contenders, CONTENDER_NAMES),
    batches: wholeNumbers('batches', batches, 1),
    latenciesMs: wholeNumbers('latency', latency, 0),
    rounds: rounds === undefined ? undefined : wholeNumbers('rounds', rounds, 1)[0],
    json,
    out,
  };
}

function readArgs(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sizes: { type: 'string', default: SIZE_NAMES.join(',') },
        contenders: { type: 'string', default: CONTENDER_NAMES.join(',') },
        batches: { type: 'string', default: '1,10,100,1000' },
        latency: { type: 'string', default: '0,30' },
        rounds: { type: 'string' },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function choices<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const asked = text.split(',');
  const stray = asked.find((word) => !known.some((name) => name === word));
  if (stray !== undefined) {
    throw new UsageError(`--${option} can't be '${stray}': it is a list of ${known.join(', ')}.`);
  }
  return known.filter((name) => asked.includes(name));
}

function wholeNumbers(option: string, text: string, least: number): number[] {
  const numbers = text.split(',').map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
  if (numbers.every((number) => number >= least)) return [...new Set(numbers)];
  throw new UsageError(`--${option} can't be '${text}': it takes whole numbers from ${least}.`);
}

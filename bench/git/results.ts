import type { ContenderName } from './contenders/contenders.ts';
import type { Cell, SizeResult, Turn } from './measure.ts';
import { median } from './statistics.ts';

/** Which cells are meant; those of every latency. */
export interface CellQuery {
  readonly contender: ContenderName;
  readonly batch: number;
}

export function findCells({ cells }: SizeResult, { contender, batch }: CellQuery): Cell[] {
  return cells.filter((cell) => cell.contender === contender && cell.batch === batch);
}

export function medianOf(cell: Cell, value: (turn: Turn) => number): number {
  return median(cell.turns.map(value));
}

/** How much of its time a turn was not at the server. */
export function clientShare({ ms, serverMs }: Turn): number {
  return Math.max(ms - serverMs, 0) / ms;
}

export interface Ratio extends CellQuery {
  readonly latencyMs: number;
  readonly against: ContenderName;
  /** Median over the rounds that both took part in, each against the other in the same round. */
  readonly ratio: number;
}

/** One contender's time by another's, at every latency. */
export function ratios(result: SizeResult, query: CellQuery, against: ContenderName): Ratio[] {
  return findCells(result, query).flatMap((cell) => {
    const { latencyMs } = cell;
    const others = findCells(result, { contender: against, batch: query.batch });
    const theirs = new Map(
      others.find((other) => other.latencyMs === latencyMs)?.turns.map(({ round, ms }) => [round, ms]),
    );
    const both = cell.turns.flatMap(({ round, ms }) => {
      const their = theirs.get(round);
      return their === undefined ? [] : [ms / their];
    });
    return both.length === 0 ? [] : [{ ...query, latencyMs, against, ratio: median(both) }];
  });
}

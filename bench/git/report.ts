import { CONTENDERS, type ContenderName } from './contenders/contenders.ts';
import type { Goal } from './goals.ts';
import type { Cell, SizeResult } from './measure.ts';
import { clientShare, medianOf, ratios } from './results.ts';
import { describeSize } from './sizes.ts';
import { percentile } from './statistics.ts';
import { textTable } from './text-table.ts';

interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly node: string;
  readonly git: string;
}

export interface Report {
  readonly machine: Machine;
  readonly results: readonly SizeResult[];
  readonly leftOut: readonly string[];
  readonly goals: readonly Goal[];
}

const COLUMNS = [
  'contender',
  'batch',
  'push ms',
  'p99',
  'release ms',
  'releases/s',
  'requests',
  'conns',
  'up KB',
  'down KB',
  'pack KB/rel.',
  'client %',
  'peak MB',
];

export function formatReport({ machine, results, leftOut, goals }: Report): string {
  const { date, cores, node, git } = machine;
  const missed = goals.filter(({ met }) => !met).length;
  return [
    `Releases into a GitOps repo, ${date}: ${cores} cores, node ${node}, ${git}`,
    ...results.flatMap(formatSize),
    ...leftOut,
    '',
    ...goals.map(({ claim, measured, met }) => `${met ? '✓' : '✗'} ${claim}: ${measured}`),
    '',
    `${goals.length - missed} goals met, ${missed} missed`,
  ].join('\n');
}

function formatSize(result: SizeResult): string[] {
  const latencies = [...new Set(result.cells.map(({ latencyMs }) => latencyMs))];
  return latencies.flatMap((latencyMs) => {
    const cells = result.cells.filter((cell) => cell.latencyMs === latencyMs);
    const rounds = Math.max(...cells.map(({ turns }) => turns.length));
    const title = `${describeSize(result.size)}; ${latencyMs} ms added to a request; ${rounds} rounds, medians`;
    const table = textTable([COLUMNS, ...cells.map(cellRow)]);
    const compared = ratioTable(result, latencyMs);
    return ['', title, '', table, ...(compared === undefined ? [] : ['', compared]), ''];
  });
}

function cellRow(cell: Cell): string[] {
  const ms = medianOf(cell, (turn) => turn.ms);
  const { batch, contender, memory } = cell;
  return [
    CONTENDERS[contender].title,
    String(batch),
    short(ms),
    short(
      percentile(
        cell.turns.map((turn) => turn.ms),
        99,
      ),
    ),
    short(ms / batch),
    short((batch / ms) * 1_000),
    String(medianOf(cell, (turn) => turn.requests)),
    String(medianOf(cell, (turn) => turn.connections)),
    short(medianOf(cell, (turn) => turn.bytesUp) / 1_000),
    short(medianOf(cell, (turn) => turn.bytesDown) / 1_000),
    short(medianOf(cell, (turn) => turn.pushBytes) / 1_000 / batch),
    short(medianOf(cell, clientShare) * 100),
    memory === undefined ? '' : short(memory.peakBytes / 1_000_000),
  ];
}

const RIVALS: readonly ContenderName[] = ['fast-import', 'warm-clone', 'fresh-clone', 'isomorphic'];

/** Time of ours by that of the others, round by round. */
function ratioTable(result: SizeResult, latencyMs: number): string | undefined {
  const ours = result.cells.filter(
    (cell) => cell.latencyMs === latencyMs && cell.contender.startsWith('ours'),
  );
  const rows = ours.flatMap(({ contender, batch }) => {
    const cells = RIVALS.map((rival) => {
      const found = ratios(result, { contender, batch }, rival).find(
        (ratio) => ratio.latencyMs === latencyMs,
      );
      return found === undefined ? '' : `${found.ratio.toFixed(3)} ×`;
    });
    const isCompared = cells.some((cell) => cell !== '');
    return isCompared ? [[`${CONTENDERS[contender].title}, ${batch} a push`, ...cells]] : [];
  });
  return rows.length === 0
    ? undefined
    : textTable([['time of', ...RIVALS.map((name) => `by ${name}`)], ...rows]);
}

/** Three digits, or as many as it has before the point. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

import type { ContenderName } from './contenders/contenders.ts';
import type { SizeResult, Turn } from './measure.ts';
import { findCells, medianOf, ratios } from './results.ts';
import type { SizeName } from './sizes.ts';

/** What we claim, and whether it held. */
export interface Goal {
  readonly claim: string;
  readonly measured: string;
  readonly met: boolean;
}

const KB = 1_000;
const MB = 1_000_000;

/** A limit on the time of ours by another's time for the same. */
interface RatioGoal {
  readonly contender: ContenderName;
  readonly batch: number;
  readonly against: ContenderName;
  readonly limit: number | Readonly<Partial<Record<SizeName, number>>>;
}

const RATIOS: readonly RatioGoal[] = [
  { contender: 'ours', batch: 1, against: 'fast-import', limit: 0.6 },
  { contender: 'ours', batch: 1, against: 'warm-clone', limit: 0.25 },
  { contender: 'ours', batch: 1, against: 'fresh-clone', limit: { S: 1 / 6, M: 1 / 20, L: 1 / 35 } },
  { contender: 'ours', batch: 100, against: 'fast-import', limit: 0.5 },
  { contender: 'ours', batch: 1_000, against: 'fast-import', limit: 0.45 },
  { contender: 'ours-cold', batch: 1, against: 'fresh-clone', limit: { S: 1 / 2, M: 1 / 8, L: 1 / 15 } },
];

const COLD_READ_LIMITS: Readonly<Partial<Record<SizeName, number>>> = { M: 100 * KB, L: 600 * KB };
const MEMORY_LIMIT = 150 * MB;
/** What compresses differently by chance. */
const SAME_BYTES = 0.01;

/** Every goal that the measurements say something about. */
export function goals(results: readonly SizeResult[]): Goal[] {
  const sized = results.filter(({ size }) => !size.onlyHistory);
  return [
    ...sized.flatMap(oneRequest),
    ...sized.flatMap(smallPacks),
    ...sized.flatMap((result) => RATIOS.flatMap((goal) => fasterThan(result, goal))),
    ...sized.flatMap(coldReads),
    ...sized.flatMap(littleMemory),
    ...sameWhateverTheHistory(results),
  ];
}

function oneRequest(result: SizeResult): Goal[] {
  const turns = result.cells.filter(({ contender }) => contender === 'ours').flatMap((cell) => cell.turns);
  if (turns.length === 0) return [];
  const requests = range(turns.map((turn) => turn.requests));
  const connections = range(turns.map((turn) => turn.connections));
  return [
    {
      claim: `${result.size.name}: a warm push is one request on a connection that stands`,
      measured: `${requests} requests, ${connections} new connections`,
      met: requests === '1' && connections === '0',
    },
  ];
}

function smallPacks(result: SizeResult): Goal[] {
  return result.cells
    .filter(({ contender, latencyMs }) => contender === 'ours' && latencyMs === firstLatency(result))
    .map((cell) => {
      const bytes = Math.max(...cell.turns.map((turn) => turn.pushBytes / cell.batch));
      return {
        claim: `${result.size.name}: at most 4 KB go up per release, ${cell.batch} in a push`,
        measured: kilobytes(bytes),
        met: bytes <= 4 * KB,
      };
    });
}

function fasterThan(result: SizeResult, { contender, batch, against, limit }: RatioGoal): Goal[] {
  const most = typeof limit === 'number' ? limit : limit[result.size.name];
  if (most === undefined) return [];
  return ratios(result, { contender, batch }, against).map(({ latencyMs, ratio }) => ({
    claim: `${result.size.name}: ${contender}, ${batch} in a push, +${latencyMs} ms: at most ${most.toFixed(3)} × ${against}`,
    measured: ratio.toFixed(3),
    met: ratio <= most,
  }));
}

function coldReads(result: SizeResult): Goal[] {
  const cell = findCells(result, { contender: 'ours-cold', batch: 1 })[0];
  if (cell === undefined) return [];
  const { name } = result.size;
  // The push itself is the one after.
  const requests = Math.max(...cell.turns.map((turn) => turn.requests)) - 1;
  const few = {
    claim: `${name}: a cold start reads in at most 4 requests`,
    measured: `${requests}`,
    met: requests <= 4,
  };
  const limit = COLD_READ_LIMITS[name];
  if (limit === undefined) return [few];
  const bytes = Math.max(...cell.turns.map((turn) => turn.bytesDown));
  const claim = `${name}: a cold start reads less than ${kilobytes(limit)}`;
  return [few, { claim, measured: kilobytes(bytes), met: bytes < limit }];
}

function littleMemory(result: SizeResult): Goal[] {
  if (result.size.name !== 'L') return [];
  return findCells(result, { contender: 'ours', batch: 100 })
    .slice(0, 1)
    .flatMap(({ memory }) => {
      if (memory === undefined) return [];
      const claim = `L: less than ${MEMORY_LIMIT / MB} MB in all, 100 in a push`;
      const measured = `${(memory.peakBytes / MB).toFixed(0)} MB`;
      return [{ claim, measured, met: memory.peakBytes < MEMORY_LIMIT }];
    });
}

function sameWhateverTheHistory(results: readonly SizeResult[]): Goal[] {
  const [short, long] = (['M', 'M-long'] as const).map((name) =>
    results.find(({ size }) => size.name === name),
  );
  if (short === undefined || long === undefined) return [];
  return (['ours', 'ours-cold'] as const).flatMap((contender) => {
    const [a] = findCells(short, { contender, batch: 1 });
    const [b] = findCells(long, { contender, batch: 1 });
    if (a === undefined || b === undefined) return [];
    const requests = [a, b].map((cell) => medianOf(cell, (turn) => turn.requests));
    const bytes = [a, b].map((cell) => medianOf(cell, (turn) => turn.bytesUp + turn.bytesDown));
    const [few = 0, many = 0] = bytes;
    return [
      {
        claim: `${contender}: 50,000 commits cost the requests and bytes of 10,000`,
        measured: `${requests.join(' and ')} requests, ${bytes.map(kilobytes).join(' and ')}`,
        met: requests[0] === requests[1] && Math.abs(many - few) <= SAME_BYTES * few,
      },
    ];
  });
}

function firstLatency({ cells }: SizeResult): number | undefined {
  return cells[0]?.latencyMs;
}

function range(values: readonly Turn['requests'][]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / KB).toFixed(1)} KB`;
}

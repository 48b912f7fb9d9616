import { join } from 'node:path';
import { BRANCH } from './bench-release.ts';
import { ContenderHost } from './contender-host.ts';
import { CONTENDERS, type ContenderName, roundsOf } from './contenders/contenders.ts';
import type { BenchOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { cachedRepo, copyRepo } from './repos.ts';
import { runGit } from './run-git.ts';
import type { BenchServer, Traffic } from './server.ts';
import { describeSize, type RepoSize, SIZES } from './sizes.ts';

/** One push by one contender. */
export interface Turn extends Traffic {
  readonly round: number;
  readonly ms: number;
}

/** All turns of one contender with one batch and one latency. */
export interface Cell {
  readonly contender: ContenderName;
  readonly batch: number;
  readonly latencyMs: number;
  readonly turns: readonly Turn[];
  /** Of its process when it had loaded its code, and at most until the end; over all latencies. */
  readonly memory?: { readonly loadedBytes: number; readonly peakBytes: number };
}

export interface SizeResult {
  readonly size: RepoSize;
  readonly cells: readonly Cell[];
}

export interface Surroundings {
  readonly server: BenchServer;
  /** Folder that the server serves; the contenders' clones are in it too. */
  readonly root: string;
  readonly cache: string;
  /** What contenders run in, from `bundleContenders`. */
  readonly program: string;
  readonly progress: Progress;
}

/** A contender with one batch: its process, and a repo on the server that nobody else writes to. */
interface Lane {
  readonly contender: ContenderName;
  readonly batch: number;
  readonly rounds: number;
  readonly path: string;
  readonly start: Parameters<typeof ContenderHost.start>[1];
  readonly turns: Map<number, Turn[]>;
  host: ContenderHost | undefined;
  loadedBytes: number;
  peakBytes: number;
  /** The next release that it writes: the same one for all that have come as far. */
  next: number;
}

/** Measures a size in rounds, everybody once in each: what disturbs the machine disturbs all of a round alike. */
export async function measureSize(
  size: RepoSize,
  options: BenchOptions,
  surroundings: Surroundings,
): Promise<SizeResult> {
  const { progress } = surroundings;
  const lanes = await openLanes(size, options, surroundings);
  const rounds = options.rounds ?? size.rounds;
  try {
    progress(`${describeSize(size)}: everybody gets ready`);
    for (const lane of lanes) await takeTurn(lane, 0, size, surroundings);
    for (let round = 1; round <= rounds; round += 1) {
      progress(`${size.name}: round ${round} of ${rounds}`);
      for (const latencyMs of options.latenciesMs) {
        surroundings.server.latencyMs = latencyMs;
        for (const lane of lanes.filter((candidate) => round <= candidate.rounds)) {
          const turn = await takeTurn(lane, round, size, surroundings);
          lane.turns.set(latencyMs, [...(lane.turns.get(latencyMs) ?? []), turn]);
        }
      }
      surroundings.server.latencyMs = 0;
    }
  } finally {
    for (const lane of lanes) lane.host?.stop();
  }
  return { size, cells: lanes.flatMap(cellsOf) };
}

async function openLanes(size: RepoSize, options: BenchOptions, around: Surroundings): Promise<Lane[]> {
  const repo = await cachedRepo(size, around.cache, around.progress);
  const lanes: Lane[] = [];
  for (const contender of options.contenders) {
    const rounds = roundsOf(contender, size, options.rounds ?? size.rounds);
    const batches = CONTENDERS[contender].batches && !size.onlyHistory ? options.batches : [1];
    for (const batch of rounds === 0 ? [] : batches) {
      const name = `${size.name}-${contender}-${batch}`;
      const path = join(around.root, `${name}.git`);
      await copyRepo(repo, path);
      const start = {
        name: contender,
        url: around.server.url(`${name}.git`),
        path,
        folder: join(around.root, name),
      };
      const empty = { turns: new Map(), host: undefined, loadedBytes: 0, peakBytes: 0, next: size.commits };
      lanes.push({ contender, batch, rounds, path, start, ...empty });
    }
  }
  return lanes;
}

async function takeTurn(lane: Lane, round: number, size: RepoSize, around: Surroundings): Promise<Turn> {
  const host = await hostOf(lane, around.program);
  const before = await runGit(['rev-parse', BRANCH], { cwd: lane.path });
  around.server.takeTraffic();
  const { ms, peakBytes } = await host.push({ size, from: lane.next, count: lane.batch });
  const traffic = around.server.takeTraffic();
  await requireCommits(lane, before);
  lane.next += lane.batch;
  lane.peakBytes = Math.max(lane.peakBytes, peakBytes);
  return { round, ms, ...traffic };
}

async function hostOf(lane: Lane, program: string): Promise<ContenderHost> {
  if (lane.host !== undefined && !CONTENDERS[lane.contender].freshProcess) return lane.host;
  lane.host?.stop();
  const { host, answer } = await ContenderHost.start(program, lane.start);
  lane.host = host;
  lane.loadedBytes = answer.peakBytes;
  return host;
}

/** Nobody wins by doing less. */
async function requireCommits({ contender, batch, path }: Lane, before: string): Promise<void> {
  const count = await runGit(['rev-list', '--count', `${before}..${BRANCH}`], { cwd: path });
  if (Number(count) !== batch) throw new Error(`${contender} made ${count} commits of ${batch} releases`);
}

function cellsOf({ contender, batch, turns, loadedBytes, peakBytes }: Lane): Cell[] {
  const memory = CONTENDERS[contender].ownsMemory ? { memory: { loadedBytes, peakBytes } } : {};
  return [...turns].map(([latencyMs, taken]) => ({ contender, batch, latencyMs, turns: taken, ...memory }));
}

/** Why some of what was asked for is not measured, a line each. */
export function leftOut({ sizes, contenders }: BenchOptions): string[] {
  return sizes.flatMap((size) =>
    contenders.flatMap((contender) => {
      const limit = CONTENDERS[contender].limits?.[size];
      if (limit === undefined || SIZES[size].onlyHistory) return [];
      const { title } = CONTENDERS[contender];
      const words = limit.rounds === 0 ? 'not measured' : `at most ${limit.rounds} rounds`;
      return [`${title} on ${size}: ${words} (${limit.why})`];
    }),
  );
}

import { inParallel } from '../concurrency/in-parallel.ts';
import type { ShutGate } from '../policy/gates.ts';
import { madeAt, type Release } from '../release/release.ts';
import { writeMark } from '../release/release-marks.ts';
import { isTerminal } from '../release/release-state.ts';
import type { RunningRelease } from '../release/target.ts';
import { targetMark } from '../release/target-mark.ts';
import { waitsForTurn } from '../release/waits-for-turn.ts';
import { formatCommitMessage } from './commit-message.ts';
import type { BranchRef, DirectoryContent, Edit } from './git-engine.ts';
import { type LastLook, lastLook } from './last-look.ts';
import type { WriterPorts } from './ports.ts';
import { PARALLEL } from './recover.ts';
import { releaseFiles, targetDirectory } from './release-files.ts';
import { settleUnwritten, settleWritten } from './settle.ts';
import { idsInLine, takeTurn } from './take-turn.ts';

/** What is to be written now. */
export interface Selection {
  readonly batch: readonly Writing[];
  /** Why writing is off: what is left stays ready. */
  readonly off?: string;
}

/** A release that is about to be committed. */
export interface Writing {
  readonly release: Release;
  readonly edit: Edit;
  readonly running?: RunningRelease;
}

export const MAX_BATCH = 1_000;
const MAX_BATCH_BYTES = 64 * 1024 * 1024;

/** What is ready or was being written, each read again by its key: an index may lag, either way. */
export async function collectWaiting(
  ports: WriterPorts,
  ref: BranchRef,
  named: readonly string[],
  limit: number,
): Promise<Release[]> {
  const ids = new Set([...named, ...(await ports.ready.list(ref, MAX_BATCH))]);
  const found = await readAll(ports, ids);
  const after = await readAll(ports, await followers(ports, found, ids));
  const here = [...found, ...after].filter((release) => isOf(release, ref));
  const turned = await inParallel(firstInLines(here), PARALLEL, (release) => takeTurn(ports, release));
  const waiting = [...here, ...turned].filter((release) => release !== undefined).filter(isWaiting);
  return upToBytes(waiting.slice(0, limit), MAX_BATCH_BYTES);
}

/** Of each target the oldest that waits for its turn: it is before all the others. */
function firstInLines(releases: readonly Release[]): Release[] {
  const oldestFirst = releases.filter(waitsForTurn).sort((a, b) => a.order - b.order);
  return [...Map.groupBy(oldestFirst, nameOf).values()].flatMap(([first]) => first ?? []);
}

async function readAll({ releases }: WriterPorts, ids: Iterable<string>): Promise<Release[]> {
  const found = await inParallel([...ids], PARALLEL, (id) => releases.get(id));
  return found.filter((release) => release !== undefined);
}

/** Those whose turn it may be, because one that they were to be written after has ended. */
async function followers(
  ports: WriterPorts,
  found: readonly Release[],
  known: ReadonlySet<string>,
): Promise<string[]> {
  const ended = found.filter((release) => isInLine(release) && isTerminal(release.state));
  const targets = new Map(ended.map((release) => [nameOf(release), release]));
  const lines = await inParallel([...targets.values()], PARALLEL, (target) => idsInLine(ports, target));
  return lines.flat().filter((id) => !known.has(id));
}

function isInLine({ inLine: kept }: Release): boolean {
  return kept === true;
}

function isOf({ location }: Release, { url, branch }: BranchRef): boolean {
  return location.repo === url && location.branch === branch;
}

function isWaiting({ state }: Release): boolean {
  return state === 'ready' || state === 'writing';
}

/** The first ones whose files fit into so many bytes together; at least one. */
function upToBytes(releases: readonly Release[], bytes: number): Release[] {
  let sum = 0;
  const end = releases.findIndex((release, index) => {
    sum += release.bundleBytes ?? 0;
    return index > 0 && sum > bytes;
  });
  return releases.slice(0, end < 0 ? releases.length : end);
}

/**
 * Takes the releases that are to be written now, of each target one that passes its last look: the newest, or the oldest
 * of those that are each to be written. What does not pass is ended with its reason; what passes is marked as being
 * written, and takes the place of what is older and may give way.
 */
export async function selectBatch(ports: WriterPorts, waiting: readonly Release[]): Promise<Selection> {
  const taken = await inParallel(byTarget(waiting), PARALLEL, (releases) => takeOne(ports, releases));
  const batch = taken
    .flatMap((one) => (one !== undefined && 'release' in one ? [one] : []))
    .sort((a, b) => madeAt(a.release) - madeAt(b.release));
  const stopped = taken.find((one) => one !== undefined && 'off' in one);
  return stopped && 'off' in stopped ? { batch, off: stopped.off } : { batch };
}

/** The releases of each target, newest first. */
function byTarget(waiting: readonly Release[]): Release[][] {
  const newestFirst = [...waiting].sort((a, b) => b.order - a.order);
  return [...Map.groupBy(newestFirst, nameOf).values()];
}

function nameOf({ env, app }: Release): string {
  return `${env}/${app}`;
}

async function takeOne(
  ports: WriterPorts,
  newestFirst: readonly Release[],
): Promise<Writing | { readonly off: string } | undefined> {
  let left = newestFirst;
  for (;;) {
    const index = Math.max(left.findLastIndex(isInLine), 0);
    const release = left[index];
    if (!release) return undefined;
    const look = await lastLook(ports, release, ports.clock());
    if (look.verdict === 'write') return take(ports, release, look.running, left.slice(index + 1));
    if (look.verdict === 'wait') return { off: look.reason };
    await turnAway(ports, release, look);
    left = left.toSpliced(index, 1);
  }
}

async function take(
  ports: WriterPorts,
  release: Release,
  running: RunningRelease | undefined,
  older: readonly Release[],
): Promise<Writing | undefined> {
  const writing = await markWriting(ports, release);
  if (!writing) return undefined;
  const outcomeReason = `release ${release.id} came after it`;
  await inParallel(older, PARALLEL, (one) =>
    settleUnwritten(ports, one, { state: 'superseded', outcomeReason }),
  );
  const edit = await makeEdit(ports, writing);
  return running ? { release: writing, edit, running } : { release: writing, edit };
}

async function turnAway(
  ports: WriterPorts,
  release: Release,
  look: Exclude<LastLook, { verdict: 'write' | 'wait' }>,
): Promise<void> {
  switch (look.verdict) {
    case 'written': {
      const { commit, unchanged, place, tree } = look.running;
      const written = {
        ...(commit !== undefined && { commit }),
        ...(place !== undefined && { place }),
        ...(tree !== undefined && { tree }),
      };
      return settleWritten(ports, release, { outcome: unchanged ? 'unchanged' : 'released', ...written });
    }
    case 'failed':
      return settleUnwritten(ports, release, {
        state: 'failed',
        outcomeReason: look.reason,
        errorCode: look.code,
      });
    default:
      if (look.verdict === 'held' && look.waitsFor) await noteWaiting(ports, release, look.waitsFor);
      return settleUnwritten(ports, release, { state: look.verdict, outcomeReason: look.reason });
  }
}

/** What a policy released and is held now goes on when nothing holds it any more, unless a newer one waits. */
async function noteWaiting(
  { targets, clock, resend }: WriterPorts,
  release: Release,
  waitsFor: ShutGate,
): Promise<void> {
  const { artifactId, artifactOrder, manifestIndex, version } = release;
  if (!release.automatic || artifactOrder === undefined) return;
  const now = clock();
  const mark = targetMark(release, now + resend.firstMs, now);
  const waiting = { artifactId, artifactOrder, manifestIndex, waitsFor };
  await targets.wait(release, version.repositoryName, waiting, mark);
}

/** From here on it can't be cancelled; undefined when somebody changed it meanwhile. */
function markWriting(ports: WriterPorts, release: Release): Promise<Release | undefined> {
  const now = ports.clock();
  const mark = writeMark(release, release.revision + 1, now, ports);
  return ports.releases.move(release, { state: 'writing', times: { ...release.times, writing: now } }, mark);
}

async function makeEdit(ports: WriterPorts, release: Release): Promise<Edit> {
  const { settings, clock } = ports;
  return {
    directory: targetDirectory(release.location.layout, release),
    content: await contentOf(ports, release),
    message: formatCommitMessage(release),
    identity: settings.bot,
    time: Math.floor(clock() / 1000),
  };
}

async function contentOf({ bundles, releases }: WriterPorts, release: Release): Promise<DirectoryContent> {
  const { change, bundle } = release;
  if (change.kind === 'delete') return { kind: 'absent' };
  if (change.kind === 'rollback') {
    // Its release.json names who had deployed it, not who rolls back.
    const restored = await releases.get(change.restores);
    if (!restored) throw new Error(`release ${release.id} restores ${change.restores}, which is gone`);
    const files = releaseFiles(restored, await bundles.get(change.bundle));
    return { kind: 'tree', tree: change.tree, files };
  }
  if (bundle === undefined) throw new Error(`release ${release.id} is ready without its files`);
  return { kind: 'files', files: releaseFiles(release, await bundles.get(bundle)) };
}

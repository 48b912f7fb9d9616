import { inParallel } from '../concurrency/in-parallel.ts';
import type { PlaceInLine } from '../release/place-in-line.ts';
import type { Releases, Targets } from '../release/ports.ts';
import type { Release, TargetName } from '../release/release.ts';
import { type LanePorts, writeMark } from '../release/release-marks.ts';
import { isTerminal } from '../release/release-state.ts';

export interface LookPorts {
  readonly targets: Pick<Targets, 'get'>;
  readonly releases: Pick<Releases, 'get'>;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

export interface TurnPorts extends LookPorts, LanePorts {
  readonly targets: Pick<Targets, 'get' | 'leaveLine'>;
  readonly releases: Pick<Releases, 'get' | 'move'>;
}

/** A place whose release is not there after so long is nobody's: whoever took it died, or decided otherwise. */
export const NEVER_MADE_MS = 5 * 60_000;

const PARALLEL = 25;

/**
 * Makes a release that waits for its turn ready, if all that took a place before it have ended. Undefined when it is
 * not its turn yet, or somebody else moved it: its mark brings it back, and so does the end of the one before.
 */
export async function takeTurn(ports: TurnPorts, release: Release): Promise<Release | undefined> {
  const { before, ended } = await lookAtLine(ports, release);
  if (ended.length > 0) await ports.targets.leaveLine(release, ended);
  if (before !== undefined) return undefined;
  const now = ports.clock();
  const mark = writeMark(release, release.revision + 1, now, ports);
  return ports.releases.move(release, { state: 'ready', times: { ...release.times, ready: now } }, mark);
}

/** The ids of all that have a place in the line of a target. */
export async function idsInLine(
  { targets }: Pick<LookPorts, 'targets'>,
  target: TargetName,
): Promise<string[]> {
  return (await targets.get(target)).line.map(({ releaseId }) => releaseId);
}

interface Line {
  /** The last of those that must end before it is its turn. */
  readonly before?: string;
  /** Places that nobody needs any more. */
  readonly ended: readonly PlaceInLine[];
}

/** Who is before a release in the line of its target. */
export async function lookAtLine(
  { targets, releases, clock }: LookPorts,
  { id, order, ...target }: Release,
): Promise<Line> {
  const now = clock();
  const others = (await targets.get(target)).line.filter(({ releaseId }) => releaseId !== id);
  const looked = await inParallel(others, PARALLEL, async (place) => {
    const other = await releases.get(place.releaseId);
    const ended = other ? isTerminal(other.state) : now - place.takenAt >= NEVER_MADE_MS;
    // Which order a release has taken that is not made yet is not known: it may be a lower one.
    return { place, ended, order: other?.order ?? 0 };
  });
  const before = looked.filter((one) => !one.ended && one.order < order).sort((a, b) => b.order - a.order)[0];
  const ended = looked.filter((one) => one.ended).map(({ place }) => place);
  return before ? { before: before.place.releaseId, ended } : { ended };
}

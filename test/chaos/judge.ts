import { type HistoryCommit, readFiles, readHistory, type WrittenRelease } from './history.ts';

/** Something that was asked for and accepted: it must be in the branch once, or make way for a later one. */
export interface Accepted {
  /** Tells it from all others. */
  readonly name: string;
  /** `staging/shop`. */
  readonly target: string;
  /** Its place among what was accepted for its target. */
  readonly place: number;
}

export interface Evidence {
  /** The bare repo itself. */
  readonly bare: string;
  readonly branch: string;
  readonly accepted: readonly Accepted[];
  /** Asked for, and never to be in the branch: its name → why. */
  readonly withheld?: ReadonlyMap<string, string>;
  /** Which accepted one a commit stands for, by the commit's message alone. */
  readonly nameOf: (written: WrittenRelease) => string;
  /** Whether what stands in a directory of the branch, file by file, is what its last release was to put there. */
  readonly isWhole: (accepted: Accepted, files: ReadonlyMap<string, string>) => boolean;
  /** Commits of somebody else that the repo took. */
  readonly foreign: readonly string[];
  /** Where the branch was each time that somebody else forced it away. */
  readonly forcedAway: readonly string[];
}

/** What the repo says of what was accepted; a sentence for each thing that is wrong. */
export interface Verdict {
  readonly releases: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly outOfOrder: readonly string[];
  /** In the branch without the approvals that were asked for; undefined where none were. */
  readonly unapproved?: readonly string[];
  /** Endings that a channel wants and was never told; undefined where there are no channels. */
  readonly untold?: readonly string[];
  /** Anything else that must not be. */
  readonly spoiled: readonly string[];
}

/**
 * Judges by the repo, read with native git, and by what was accepted; never by the writer's own records.
 *
 * What somebody else has forced away was written once and was theirs to take: it may be missing, and so may what it
 * had outranked, for we write over no force push. Nothing else may.
 */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { bare, branch, accepted, withheld, nameOf, forcedAway } = evidence;
  const ref = `refs/heads/${branch}`;
  const history = await readHistory(bare, ref);
  const gone = (await Promise.all(forcedAway.map((oid) => readHistory(bare, oid, `^${ref}`)))).flat();
  const known = new Map(accepted.map((one) => [one.name, one]));
  const written = placed(history, known, nameOf);
  const takenAway = placed(gone, known, nameOf);
  return {
    releases: accepted.length + (withheld?.size ?? 0),
    lost: findLost(accepted, [...written, ...takenAway]),
    doubled: findDoubled(written),
    outOfOrder: findOutOfOrder(written),
    ...(withheld && { unapproved: findUnapproved(history, withheld, nameOf) }),
    spoiled: [
      ...findUnasked(history, known, evidence),
      ...findTrespasses(history),
      ...findOverwritten(evidence.foreign, [...history, ...gone]),
      ...findBroken(history, written, await readFiles(bare, ref), evidence.isWhole),
    ],
  };
}

interface Placed {
  readonly accepted: Accepted;
  readonly commit: string;
  readonly order: number;
}

function placed(
  commits: readonly HistoryCommit[],
  known: ReadonlyMap<string, Accepted>,
  nameOf: Evidence['nameOf'],
): Placed[] {
  return commits.flatMap(({ oid, release }) => {
    const accepted = release && known.get(nameOf(release));
    return release && accepted ? [{ accepted, commit: oid.slice(0, 10), order: release.order }] : [];
  });
}

function findLost(accepted: readonly Accepted[], written: readonly Placed[]): string[] {
  const names = new Set(written.map(({ accepted: { name } }) => name));
  const newest = new Map<string, number>();
  for (const {
    accepted: { target, place },
  } of written) {
    newest.set(target, Math.max(place, newest.get(target) ?? -1));
  }
  return accepted
    .filter(({ name, target, place }) => !names.has(name) && (newest.get(target) ?? -1) < place)
    .map(
      ({ name, target }) => `${name} of ${target} is not in the branch, and nothing newer of its target is`,
    );
}

function findDoubled(written: readonly Placed[]): string[] {
  const commits = Map.groupBy(written, ({ accepted: { name } }) => name);
  return [...commits].flatMap(([name, [first, ...others]]) =>
    others.map(({ commit }) => `${name} is written in ${first?.commit} and again in ${commit}`),
  );
}

/** Places and orders of a target grow from commit to commit; what is there twice is judged at its first. */
function findOutOfOrder(written: readonly Placed[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const newest = new Map<string, Placed>();
  for (const one of written) {
    const { name, target, place } = one.accepted;
    if (seen.has(name)) continue;
    seen.add(name);
    const before = newest.get(target);
    if (before && (before.accepted.place > place || before.order >= one.order))
      found.push(`${name} of ${target} is written in ${one.commit}, after ${before.accepted.name}`);
    else newest.set(target, one);
  }
  return found;
}

function findUnapproved(
  history: readonly HistoryCommit[],
  withheld: ReadonlyMap<string, string>,
  nameOf: Evidence['nameOf'],
): string[] {
  return history.flatMap(({ oid, release }) => {
    const why = release && withheld.get(nameOf(release));
    return why === undefined ? [] : [`${oid} carries ${release?.id} of ${release?.target}, which ${why}`];
  });
}

function findUnasked(
  history: readonly HistoryCommit[],
  known: ReadonlyMap<string, Accepted>,
  { nameOf, withheld }: Evidence,
): string[] {
  return history.flatMap(({ oid, release }) => {
    if (!release || withheld?.has(nameOf(release))) return [];
    const accepted = known.get(nameOf(release));
    if (accepted === undefined) return [`${oid} carries ${release.id}, which nobody asked for`];
    return accepted.target === release.target ? [] : [`${oid} carries ${release.id} for ${release.target}`];
  });
}

/** A release changes its own directory and nothing else. */
function findTrespasses(history: readonly HistoryCommit[]): string[] {
  return history.flatMap(({ oid, paths, release }) => {
    const strays = release ? paths.filter((path) => !path.startsWith(`${release.target}/`)) : [];
    return strays.map((path) => `${oid} of ${release?.target} changes ${path}`);
  });
}

function findOverwritten(foreign: readonly string[], commits: readonly HistoryCommit[]): string[] {
  const there = new Set(commits.map(({ oid }) => oid));
  return foreign
    .filter((oid) => !there.has(oid))
    .map((oid) => `${oid}, a commit of somebody else, is not in the branch any more`);
}

/** Directories that a release was the last to change, and that are not as it was to leave them. */
function findBroken(
  history: readonly HistoryCommit[],
  written: readonly Placed[],
  files: ReadonlyMap<string, string>,
  isWhole: Evidence['isWhole'],
): string[] {
  const lastOf = new Map(written.map((one) => [one.accepted.target, one]));
  return [...lastOf].flatMap(([target, { accepted, commit }]) => {
    const touched = history.findLast(({ paths }) => paths.some((path) => path.startsWith(`${target}/`)));
    if (!touched?.oid.startsWith(commit)) return [];
    const inside = [...files].filter(([path]) => path.startsWith(`${target}/`));
    const own = new Map(inside.map(([path, text]) => [path.slice(target.length + 1), text]));
    return isWhole(accepted, own) ? [] : [`${target} is not as ${accepted.name} was to leave it`];
  });
}

import type { CommitRecord, HistoryScan, Oid } from '../../gitops/git-engine.ts';

export interface Selection extends HistoryScan {
  /** Whether no parent was missing on the way: reading deeper would change nothing. */
  readonly complete: boolean;
}

/**
 * The commits that can be reached from `tip` and not from `since`, newest first (children before parents), from
 * those that are known; a known commit may name parents that are not.
 */
export function selectHistory(options: {
  readonly tip: Oid;
  readonly since: Oid | null;
  readonly known: ReadonlyMap<Oid, CommitRecord>;
}): Selection {
  const { tip, since, known } = options;
  const excluded = since === null ? new Set<Oid>() : reachable(since, known);
  const { order, missing, met } = walk(tip, known, excluded);
  return {
    commits: order.reverse(),
    reached: since === null ? missing === 0 : met.has(since),
    complete: missing === 0,
  };
}

/** Cuts a selection to its newest commits: what lies beyond the limit counts as not reached. */
export function limitHistory({ commits, reached }: HistoryScan, limit: number): HistoryScan {
  return commits.length <= limit
    ? { commits, reached }
    : { commits: commits.slice(0, limit), reached: false };
}

function reachable(from: Oid, known: ReadonlyMap<Oid, CommitRecord>): Set<Oid> {
  const seen = new Set([from]);
  for (const oid of seen) for (const parent of known.get(oid)?.parents ?? []) seen.add(parent);
  return seen;
}

/** Depth first with a stack of its own (histories are deep): parents before children in `order`. */
function walk(tip: Oid, known: ReadonlyMap<Oid, CommitRecord>, excluded: ReadonlySet<Oid>) {
  const order: CommitRecord[] = [];
  const met = new Set<Oid>();
  let missing = 0;
  const stack: { commit: CommitRecord; next: number }[] = [];
  const enter = (oid: Oid) => {
    if (met.has(oid)) return;
    met.add(oid);
    if (excluded.has(oid)) return;
    const commit = known.get(oid);
    if (commit === undefined) missing += 1;
    else stack.push({ commit, next: 0 });
  };
  enter(tip);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    // The last parent first, so that the first parent's line comes newest in the reversed order.
    const parent = top.commit.parents.at(-1 - top.next);
    top.next += 1;
    if (parent !== undefined) {
      enter(parent);
    } else {
      stack.pop();
      order.push(top.commit);
    }
  }
  return { order, missing, met };
}

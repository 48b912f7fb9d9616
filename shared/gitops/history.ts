import { parseTrailers } from './commit-message.ts';
import type { CommitRecord, GitBranch, Oid } from './git-engine.ts';

/** What the commits since some point say of our releases. */
export interface WrittenHistory {
  /** Release id → the commit that carries it, and how many came before it since the point. */
  readonly commits: ReadonlyMap<string, { readonly commit: Oid; readonly index: number }>;
  /** False when the point was not found: the branch was forced away from it, or it is too far back. */
  readonly reached: boolean;
}

/** More commits than this between a push and its recovery are not looked through. */
const MAX_COMMITS = 10_000;

/** Finds the releases that are in the branch since a commit: by trailer, or by the very commit that was planned. */
export async function releasesSince(
  branch: GitBranch,
  since: Oid | null,
  planned: ReadonlyMap<Oid, string>,
): Promise<WrittenHistory> {
  const scan = await branch.commitsSince(since, MAX_COMMITS);
  const commits = new Map<string, { readonly commit: Oid; readonly index: number }>();
  // Newest first: the last to be set is the oldest, the one that first carried it.
  for (const [newer, commit] of scan.commits.entries()) {
    const id = releaseOf(commit, planned);
    if (id !== undefined) commits.set(id, { commit: commit.oid, index: scan.commits.length - 1 - newer });
  }
  return { commits, reached: scan.reached };
}

function releaseOf(commit: CommitRecord, planned: ReadonlyMap<Oid, string>): string | undefined {
  return planned.get(commit.oid) ?? parseTrailers(commit.message)?.releaseId;
}

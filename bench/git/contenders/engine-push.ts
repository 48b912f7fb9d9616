import type { Edit, GitEngine } from '../../../shared/gitops/git-engine.ts';
import { type BenchRelease, BOT, BRANCH } from '../bench-release.ts';

/** What the writer does with an engine: look at the tip, plan a commit for each release, push. */
export async function pushThroughEngine(
  engine: GitEngine,
  url: string,
  releases: readonly BenchRelease[],
): Promise<void> {
  const branch = await engine.open({ url, branch: BRANCH });
  await branch.tip({ fresh: false });
  const plan = await branch.plan(releases.map(editOf));
  const strays = plan.edits.filter(({ outcome }) => outcome !== 'commit');
  if (strays.length > 0) throw new Error(`${strays.length} releases made no commit`);
  const pushed = await branch.push(plan);
  if (pushed.outcome !== 'pushed') throw new Error(`the push was ${pushed.outcome}`);
}

function editOf({ directory, files, message, time }: BenchRelease): Edit {
  return { directory, content: { kind: 'files', files }, message, time, identity: BOT };
}

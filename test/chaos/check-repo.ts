import { temporaryFolder } from '../support/temporary-folder.ts';
import { branchTip, runGit } from './native-git.ts';

/** What native git has to say against a repo: its objects, and whether a fresh clone is what the branch is. */
export async function checkRepo(repo: {
  readonly path: string;
  readonly branch: string;
  /** Where to clone it from. */
  readonly url: string;
}): Promise<string[]> {
  using folder = temporaryFolder();
  const clone = async () => {
    await runGit(folder.path, ['clone', '--quiet', '--branch', repo.branch, repo.url, 'clone']);
    const cloned = await runGit(folder.path, ['-C', 'clone', 'rev-parse', 'HEAD']);
    const tip = await branchTip(repo.path, repo.branch);
    if (cloned !== tip) throw new Error(`a fresh clone is at ${cloned}, the branch at ${tip}`);
  };
  const checks = [runGit(repo.path, ['fsck', '--strict', '--full', '--no-dangling']), clone()];
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
}

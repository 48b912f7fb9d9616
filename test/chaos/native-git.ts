import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { cleanGitEnvironment } from '../../local/git/bare-repo.ts';

const SOMEBODY = {
  GIT_AUTHOR_NAME: 'Somebody Else',
  GIT_AUTHOR_EMAIL: 'else@example.com',
  GIT_COMMITTER_NAME: 'Somebody Else',
  GIT_COMMITTER_EMAIL: 'else@example.com',
};

/**
 * Runs the installed git in a folder without holding up this process, which serves tables and repos meanwhile.
 * Rejects with git's words when it fails; answers what it printed, without the last newline.
 */
export async function runGit(cwd: string, args: readonly string[], input?: string): Promise<string> {
  const env = { ...cleanGitEnvironment(), ...SOMEBODY };
  const child = spawn('git', args, { cwd, env, stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // git may end without reading it.
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, words, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  if (code !== 0) throw new Error(`git ${args[0]} failed: ${words.toString('utf8').trim()}`);
  return out.toString('utf8').replace(/\n$/, '');
}

/** The commit that a branch is at; undefined when there is none. */
export async function branchTip(bare: string, branch: string): Promise<string | undefined> {
  const tip = await runGit(bare, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
  return tip === '' ? undefined : tip;
}

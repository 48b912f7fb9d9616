import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cleanGitEnvironment } from '../../local/git/bare-repo.ts';
import { startMeteredSystem } from '../usage/metered-system.ts';
import { pushArtifacts } from './push-artifacts.ts';

const run = promisify(execFile);

export interface Burst {
  /** From the first artifact to the last commit. */
  readonly seconds: number;
  readonly afterLastPush: number;
  readonly commits: number;
  /** Of the writer to the GitOps repo, by the branch's own log. */
  readonly pushes: number;
}

const CLIENTS = 32;
const MOST_MS = 30 * 60_000;

/** Releases so many apps at once, and waits for the last commit. */
export async function measureBurst(count: number): Promise<Burst> {
  const system = await startMeteredSystem({ metersTable: false });
  try {
    const repo = system.gitopsRepoPath;
    // One line for each push that moved the branch.
    await git(repo, 'config', 'core.logAllRefUpdates', 'always');
    const startedAt = performance.now();
    await pushArtifacts(system, { name: 'burst', from: 0, count, clients: CLIENTS, released: true });
    const acceptedAt = performance.now();
    let commits = 0;
    while (commits < count) {
      if (performance.now() - startedAt > MOST_MS)
        throw new Error(`only ${commits} of ${count} were committed`);
      await sleep(50);
      commits = await commitsIn(repo);
    }
    const endedAt = performance.now();
    const reflog = await git(repo, 'reflog', 'show', 'refs/heads/main');
    return {
      seconds: (endedAt - startedAt) / 1000,
      afterLastPush: (endedAt - acceptedAt) / 1000,
      commits,
      pushes: reflog.trim().split('\n').length,
    };
  } finally {
    await system.close();
  }
}

async function commitsIn(repo: string): Promise<number> {
  return Number(await git(repo, 'rev-list', '--count', '--all'));
}

async function git(repo: string, ...args: string[]): Promise<string> {
  return (await run('git', ['-C', repo, ...args], { env: cleanGitEnvironment() })).stdout;
}

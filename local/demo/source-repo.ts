import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git } from './git.ts';

const SAMPLE = fileURLToPath(new URL('../sample/.gimlet', import.meta.url));

export const REPOSITORY = 'example/webapp';

const AUTHOR = {
  GIT_AUTHOR_NAME: 'Jane Doe',
  GIT_AUTHOR_EMAIL: 'jane@example.com',
  GIT_COMMITTER_NAME: 'Jane Doe',
  GIT_COMMITTER_EMAIL: 'jane@example.com',
};

/** The sample application's repo with one commit, as CI has checked it out. Answers the commit's id. */
export async function makeSourceRepo(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await cp(SAMPLE, join(directory, '.gimlet'), { recursive: true });
  await git(directory, ['init', '--quiet', '--initial-branch=main']);
  await git(directory, ['add', '.']);
  await git(directory, ['commit', '--quiet', '--message=Show prices with their currency'], AUTHOR);
  return git(directory, ['rev-parse', 'HEAD']);
}

/** What GitHub Actions tells a job about the push that started it. */
export function githubJob(sha: string): Record<string, string> {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REF_NAME: 'main',
    GITHUB_SHA: sha,
    GITHUB_RUN_ID: '1042',
    GITHUB_RUN_ATTEMPT: '1',
  };
}

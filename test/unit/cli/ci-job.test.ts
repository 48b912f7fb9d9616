import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectCiJob } from '../../../cli/ci/ci-job.ts';
import { folderForTests } from '../../support/test-folder.ts';

const SHA = '017d995e32e3d1998395d971b969bcf682d20850';
const HEAD = 'aaaa995e32e3d1998395d971b969bcf682d2aaaa';

const folder = folderForTests();

async function payload(event: unknown): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, JSON.stringify(event));
  return path;
}

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'owner/repo',
  GITHUB_SHA: SHA,
  GITHUB_SERVER_URL: 'https://github.example.com',
  GITHUB_RUN_ID: '99',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_TOKEN: 'ghs_secret',
};

describe('a GitHub Actions job', () => {
  it('that was started by a push tells the commit as the payload has it', async () => {
    const job = detectCiJob({
      ...GITHUB,
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: 'feature/x',
      GITHUB_EVENT_PATH: await payload({
        head_commit: {
          id: SHA,
          message: 'Fix it',
          timestamp: '2026-01-31T10:00:00+01:00',
          author: { name: 'Ann', email: 'ann@example.com' },
          committer: { name: 'Bob', email: 'bob@example.com' },
        },
      }),
    });
    expect(job?.run).toBe('99-2');
    expect(job?.version).toEqual({
      repositoryName: 'owner/repo',
      sha: SHA,
      event: 'push',
      branch: 'feature/x',
      url: `https://github.example.com/owner/repo/commit/${SHA}`,
      message: 'Fix it',
      created: '2026-01-31T10:00:00+01:00',
      authorName: 'Ann',
      authorEmail: 'ann@example.com',
      committerName: 'Bob',
      committerEmail: 'bob@example.com',
    });
  });

  it('of a tag is a tag, without a branch', () => {
    const job = detectCiJob({ ...GITHUB, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.2.0' });
    expect(job?.version).toMatchObject({ event: 'tag', tag: 'v1.2.0', sha: SHA });
    expect(job?.version).not.toHaveProperty('branch');
  });

  it('of a pull request names the commit that people know, not the merge that was built', async () => {
    const job = detectCiJob({
      ...GITHUB,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: '7/merge',
      GITHUB_HEAD_REF: 'feature/x',
      GITHUB_BASE_REF: 'main',
      GITHUB_EVENT_PATH: await payload({
        pull_request: { title: 'Add x', html_url: 'https://github.example.com/pr/7', head: { sha: HEAD } },
      }),
    });
    expect(job?.version).toEqual({
      repositoryName: 'owner/repo',
      sha: HEAD,
      event: 'pr',
      branch: 'feature/x',
      sourceBranch: 'feature/x',
      targetBranch: 'main',
      message: 'Add x',
      url: 'https://github.example.com/pr/7',
    });
  });

  it('puts its variables into the context, and never its token', () => {
    const context = detectCiJob({ ...GITHUB, GITHUB_REF_NAME: 'main', AWS_SECRET_ACCESS_KEY: 'x' })?.context;
    expect(context).toMatchObject({ GITHUB_SHA: SHA, GITHUB_REF_NAME: 'main' });
    expect(JSON.stringify(context)).not.toMatch(/secret|AWS/i);
  });

  it.each([['no file'], ['{not json'], ['{"head_commit":{"id":7}}']])(
    'with a payload that is of no use (%s) still tells what its variables say',
    async (text) => {
      const path = join(folder, 'odd.json');
      if (text !== 'no file') await writeFile(path, text);
      else await rm(path, { force: true });
      const job = detectCiJob({ ...GITHUB, GITHUB_REF_NAME: 'main', GITHUB_EVENT_PATH: path });
      expect(job?.version).toMatchObject({ sha: SHA, branch: 'main' });
    },
  );
});

const GITLAB = {
  GITLAB_CI: 'true',
  CI_PROJECT_PATH: 'group/sub/repo',
  CI_PROJECT_URL: 'https://gitlab.example.com/group/sub/repo',
  CI_COMMIT_SHA: SHA,
  CI_COMMIT_AUTHOR: 'Ann Example <ann@example.com>',
  CI_COMMIT_MESSAGE: 'Fix it',
  CI_COMMIT_TIMESTAMP: '2026-01-31T10:00:00Z',
  CI_PIPELINE_ID: '500',
  CI_JOB_ID: '8001',
  CI_JOB_TOKEN: 'secret',
};

describe('a GitLab job', () => {
  it('tells the commit, its author and its time', () => {
    const job = detectCiJob({ ...GITLAB, CI_COMMIT_BRANCH: 'main', CI_COMMIT_TAG: '' });
    expect(job?.run).toBe('500-8001');
    expect(job?.version).toEqual({
      repositoryName: 'group/sub/repo',
      sha: SHA,
      event: 'push',
      branch: 'main',
      authorName: 'Ann Example',
      authorEmail: 'ann@example.com',
      message: 'Fix it',
      created: '2026-01-31T10:00:00Z',
      url: `https://gitlab.example.com/group/sub/repo/-/commit/${SHA}`,
    });
    expect(JSON.stringify(job)).not.toContain('secret');
  });

  it('of a merged result names the head of the source branch', () => {
    const job = detectCiJob({
      ...GITLAB,
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature/x',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: HEAD,
    });
    expect(job?.version).toMatchObject({
      event: 'pr',
      sha: HEAD,
      branch: 'feature/x',
      sourceBranch: 'feature/x',
      targetBranch: 'main',
    });
  });

  it('of a tag is a tag', () => {
    const job = detectCiJob({ ...GITLAB, CI_COMMIT_TAG: 'v1', CI_COMMIT_REF_NAME: 'v1' });
    expect(job?.version).toMatchObject({ event: 'tag', tag: 'v1' });
    expect(job?.version).not.toHaveProperty('branch');
  });
});

describe('a Woodpecker job', () => {
  const env = {
    CI: 'woodpecker',
    CI_REPO: 'owner/repo',
    CI_REPO_URL: 'https://forge.example.com/owner/repo',
    CI_COMMIT_SHA: SHA,
    CI_COMMIT_BRANCH: 'main',
    CI_COMMIT_AUTHOR: 'ann',
    CI_COMMIT_AUTHOR_EMAIL: 'ann@example.com',
    CI_COMMIT_MESSAGE: 'Fix it',
    CI_PIPELINE_NUMBER: '12',
  };

  it('of a push tells its branch', () => {
    const job = detectCiJob({ ...env, CI_PIPELINE_EVENT: 'push' });
    expect(job?.run).toBe('12-1');
    expect(job?.version).toMatchObject({
      event: 'push',
      branch: 'main',
      url: `https://forge.example.com/owner/repo/commit/${SHA}`,
    });
  });

  it('of a pull request does not pass for the branch that it wants to go to', () => {
    const job = detectCiJob({
      ...env,
      CI_PIPELINE_EVENT: 'pull_request',
      CI_COMMIT_SOURCE_BRANCH: 'feature/x',
      CI_COMMIT_TARGET_BRANCH: 'main',
    });
    expect(job?.version).toMatchObject({ event: 'pr', branch: 'feature/x', targetBranch: 'main' });
  });
});

describe('a CircleCI job', () => {
  const env = {
    CIRCLECI: 'true',
    CIRCLE_PROJECT_USERNAME: 'owner',
    CIRCLE_PROJECT_REPONAME: 'repo',
    CIRCLE_REPOSITORY_URL: 'git@github.com:owner/repo.git',
    CIRCLE_SHA1: SHA,
    CIRCLE_BUILD_NUM: '31',
  };

  it('of a push tells its branch and the commit’s page', () => {
    const job = detectCiJob({ ...env, CIRCLE_BRANCH: 'main' });
    expect(job?.run).toBe('31-1');
    expect(job?.version).toEqual({
      repositoryName: 'owner/repo',
      sha: SHA,
      event: 'push',
      branch: 'main',
      url: `https://github.com/owner/repo/commit/${SHA}`,
    });
  });

  it('of a fork’s pull request is one', () => {
    const job = detectCiJob({ ...env, CIRCLE_BRANCH: 'pull/7', CIRCLE_PR_NUMBER: '7' });
    expect(job?.version).toMatchObject({ event: 'pr', branch: 'pull/7' });
  });
});

describe('a Jenkins job', () => {
  const env = { JENKINS_URL: 'https://jenkins.example.com/', GIT_COMMIT: SHA, BUILD_NUMBER: '5' };

  it.each([
    ['https://user:secret@git.example.com/owner/repo.git', 'https://git.example.com/owner/repo'],
    ['git@git.example.com:owner/repo.git', 'https://git.example.com/owner/repo'],
    ['ssh://git@git.example.com:2222/owner/repo', 'https://git.example.com/owner/repo'],
    ['http://git.example.com:3000/owner/repo/', 'https://git.example.com:3000/owner/repo'],
  ])('knows its repository from %s, without a password', (url, web) => {
    const job = detectCiJob({ ...env, GIT_URL: url, GIT_BRANCH: 'origin/feature/x' });
    expect(job?.version).toEqual({
      repositoryName: 'owner/repo',
      sha: SHA,
      event: 'push',
      branch: 'feature/x',
      url: `${web}/commit/${SHA}`,
    });
  });

  it('of a change request is a pull request', () => {
    const job = detectCiJob({
      ...env,
      GIT_URL: 'https://git.example.com/owner/repo.git',
      BRANCH_NAME: 'PR-7',
      CHANGE_ID: '7',
      CHANGE_BRANCH: 'feature/x',
      CHANGE_TARGET: 'main',
      CHANGE_TITLE: 'Add x',
    });
    expect(job?.version).toMatchObject({
      event: 'pr',
      branch: 'feature/x',
      sourceBranch: 'feature/x',
      targetBranch: 'main',
      message: 'Add x',
    });
  });
});

it('a shell on a laptop is no CI job', () => {
  expect(detectCiJob({ HOME: '/home/ann', CI: 'true' })).toBeUndefined();
});

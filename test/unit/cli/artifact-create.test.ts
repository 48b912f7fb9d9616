import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifactId, parseArtifact } from '../../../shared/contract/artifact-document.ts';
import { gimlet } from '../../support/cli.ts';
import { folderForTest } from '../../support/test-folder.ts';

const SHA = '017d995e32e3d1998395d971b969bcf682d20850';
const FLAGS = {
  repository: 'owner/repo',
  sha: SHA,
  created: '2026-01-31T10:00:00+01:00',
  branch: 'main',
  authorName: 'Ann',
  authorEmail: 'ann@example.com',
  committerName: 'Bob',
  committerEmail: 'bob@example.com',
  message: '- a message that begins like a flag',
  url: 'https://example.com/c/1',
};

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

const CI = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'owner/repo',
  GITHUB_SHA: SHA,
  GITHUB_REF_NAME: 'main',
  GITHUB_RUN_ID: '99',
  GITHUB_RUN_ATTEMPT: '2',
};

let folder: string;
const before = process.cwd();
beforeEach(() => {
  folder = folderForTest();
});

describe('gimlet artifact create', () => {
  it('prints an artifact that the server takes as it is, named as the server would name it', async () => {
    const { code, stdout, stderr } = await gimlet(['artifact', 'create', ...flags(FLAGS)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const artifact = JSON.parse(stdout);
    expect(parseArtifact(artifact)).toEqual(artifact);
    expect(artifact.id).toBe(artifactId(artifact.version));
    expect(artifact.version).toEqual({
      repositoryName: 'owner/repo',
      event: 'push',
      sha: SHA,
      branch: 'main',
      authorName: 'Ann',
      authorEmail: 'ann@example.com',
      committerName: 'Bob',
      committerEmail: 'bob@example.com',
      message: '- a message that begins like a flag',
      url: 'https://example.com/c/1',
      created: 1769850000,
    });
  });

  it('takes unix seconds too, and a tag instead of a branch', async () => {
    const { branch: _none, ...others } = FLAGS;
    const args = flags({ ...others, created: '1769850000', tag: 'v1.2.0' });
    const { version, context } = JSON.parse((await gimlet(['artifact', 'create', ...args])).stdout);
    expect(version).toMatchObject({ created: 1769850000, event: 'tag', tag: 'v1.2.0' });
    expect(context).toEqual({ SHA, TAG: 'v1.2.0' });
  });

  it('writes a file and says so; with --json the artifact is on stdout as well, and the prose is not', async () => {
    const file = join(folder, 'artifact.json');
    const said = await gimlet(['artifact', 'create', ...flags(FLAGS), '-o', file]);
    expect(said.stdout).toContain(`Made ${file}: artifact owner/repo-${SHA}-`);
    const both = await gimlet(['artifact', 'create', ...flags(FLAGS), '-o', file, '--json']);
    expect(JSON.parse(both.stdout)).toEqual(JSON.parse(await readFile(file, 'utf8')));
    expect(both.stderr).toContain('Made ');
  });

  it('outside CI names every flag that is missing, at once', async () => {
    const { code, stderr } = await gimlet(['artifact', 'create', '--repository', 'owner/repo', '--sha', SHA]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'give --created, --branch, --authorName, --authorEmail, --committerName, --committerEmail, --message, --url',
    );
  });

  it('names the flag that is wrong', async () => {
    const { code, stderr } = await gimlet(['artifact', 'create', ...flags({ ...FLAGS, sha: 'not a sha' })]);
    expect(code).toBe(2);
    expect(stderr).toContain('--sha must be 1 to 64 letters and digits');
  });

  it('in CI needs no flags, and makes another artifact each time the job is run', async () => {
    const first = JSON.parse((await gimlet(['artifact', 'create'], { env: CI })).stdout);
    const again = JSON.parse(
      (await gimlet(['artifact', 'create'], { env: { ...CI, GITHUB_RUN_ATTEMPT: '3' } })).stdout,
    );
    expect(first.id).toBe(`${artifactId(first.version)}-99-2`);
    expect(again.id).toBe(`${artifactId(first.version)}-99-3`);
    expect(first.context).toMatchObject({ SHA, BRANCH: 'main', GITHUB_SHA: SHA });
  });

  it('lets flags override what CI tells', async () => {
    const args = ['artifact', 'create', '--branch', 'release/1', '--message', 'By hand'];
    const { version } = JSON.parse((await gimlet(args, { env: CI })).stdout);
    expect(version).toMatchObject({ branch: 'release/1', message: 'By hand', repositoryName: 'owner/repo' });
  });

  it('in CI takes author, time and message from the checkout when the system does not tell', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
    git('init', '--quiet');
    const person = ['-c', 'user.name=Änn O’Neil', '-c', 'user.email=ann@example.com'];
    const message = 'Subject\n\nBody with "quotes"';
    git(
      ...person,
      'commit',
      '--quiet',
      '--allow-empty',
      `--message=${message}`,
      '--date=2026-01-31T10:00:00Z',
    );
    const env = {
      CIRCLECI: 'true',
      CIRCLE_BRANCH: 'main',
      CIRCLE_PROJECT_USERNAME: 'o',
      CIRCLE_PROJECT_REPONAME: 'r',
    };
    try {
      process.chdir(folder);
      const sha = git('rev-parse', 'HEAD');
      const { stdout } = await gimlet(['artifact', 'create'], { env: { ...env, CIRCLE_SHA1: sha } });
      expect(JSON.parse(stdout).version).toMatchObject({
        sha,
        authorName: 'Änn O’Neil',
        committerEmail: 'ann@example.com',
        message,
        created: Number(git('show', '--no-patch', '--format=%ct')),
      });
    } finally {
      process.chdir(before);
    }
  });

  it('in CI says what even the job does not tell', async () => {
    const { code, stderr } = await gimlet(['artifact', 'create'], {
      env: { CIRCLECI: 'true', CIRCLE_SHA1: SHA },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('give --repository, --branch (the CircleCI job does not tell)');
  });
});

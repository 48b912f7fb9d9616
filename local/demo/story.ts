import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import type { LocalSystem } from '../system.ts';
import { differences, type ExpectedRelease } from './check.ts';
import { type Gimlet, gimletIn } from './gimlet.ts';
import { cloneGitOps, type GitOpsClone } from './gitops-clone.ts';
import { hops } from './hops.ts';
import { githubJob, makeSourceRepo, REPOSITORY } from './source-repo.ts';
import { terminal } from './terminal.ts';

const IMAGE = { repository: 'registry.example.com/webapp', tag: '1.4.2' };
const ARTIFACT = 'artifact.json';
const PATIENCE = ['--wait', '--timeout', '60s'];

export interface StoryOptions {
  readonly system: LocalSystem;
  /** For the source repo and the clone of the GitOps repo. */
  readonly directory: string;
  readonly bundles: boolean;
  readonly signal: AbortSignal;
}

/**
 * Releases the sample application as its developers would: CI pushes an artifact, staging follows by policy,
 * production by hand. Answers what is not as it should be in the GitOps repo.
 */
export async function tellStory(options: StoryOptions): Promise<string[]> {
  const { system, directory, bundles, signal } = options;
  const source = join(directory, 'webapp');
  const sha = await makeSourceRepo(source);
  const job = githubJob(sha);
  const env = { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken };
  const inSource = { directory: source, bundles, signal };
  const inJob = gimletIn({ ...inSource, env: { ...env, ...job } });
  const atDesk = gimletIn({ ...inSource, env });

  await pushFromCi(inJob, job, system.chartRepoUrl);
  const artifactId = await readArtifactId(join(source, ARTIFACT));
  await releaseByHand(atDesk, artifactId);

  const [clone, staging, production] = await Promise.all([
    cloneGitOps(system.gitopsRepoUrl, join(directory, 'gitops')),
    last(atDesk, 'staging'),
    last(atDesk, 'production'),
  ]);
  await showRepo(clone, system.gitopsRepoUrl, [staging, production]);
  return differences(clone, expectations(artifactId, sha, { staging, production }));
}

async function pushFromCi(
  gimlet: Gimlet,
  job: Readonly<Record<string, string>>,
  charts: string,
): Promise<void> {
  terminal.title(`1. In a GitHub Actions job of ${REPOSITORY}, after a push to main`);
  terminal.note(
    Object.entries(job)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  await gimlet.type('artifact', 'create', '-o', ARTIFACT);
  await gimlet.type('artifact', 'add', '-f', ARTIFACT, ...['staging', 'production'].flatMap(envFile));
  const fields = ['name=image', `imageRepository=${IMAGE.repository}`, `imageTag=${IMAGE.tag}`];
  const image = fields.flatMap((field) => ['--field', field]);
  await gimlet.type('artifact', 'add', '-f', ARTIFACT, ...image, '--var', `CHART_REPOSITORY=${charts}`);
  await gimlet.type('artifact', 'push', '-f', ARTIFACT, ...PATIENCE);
}

function envFile(env: string): string[] {
  return ['--envFile', `.gimlet/${env}.yaml`];
}

async function releaseByHand(gimlet: Gimlet, artifactId: string): Promise<void> {
  terminal.title('2. Why is it not in production? Nobody has asked for it; so let us ask');
  await gimlet.type('policy', 'explain', '--artifact', artifactId, '--env', 'production');
  await gimlet.type('release', '--artifact-id', artifactId, '--env', 'production', ...PATIENCE);
  await gimlet.type('release', 'status', '--env', 'production');
}

async function readArtifactId(path: string): Promise<string> {
  const { id }: { id: string } = JSON.parse(await readFile(path, 'utf8'));
  return id;
}

async function last(gimlet: Gimlet, env: string): Promise<ReleaseAnswer> {
  const [release] = await gimlet.ask<ReleaseAnswer[]>('release', 'list', '--env', env, '--limit', '1');
  if (release === undefined) throw new Error(`there is no release to ${env}`);
  return release;
}

async function showRepo(clone: GitOpsClone, url: string, releases: readonly ReleaseAnswer[]): Promise<void> {
  terminal.title('3. What Flux would find in the GitOps repo');
  terminal.command(`git clone ${url} && git log --reverse`);
  for (const { sha, subject, trailers, files } of clone.commits) {
    terminal.line(`${sha.slice(0, 8)}  ${subject}`);
    for (const [name, value] of Object.entries(trailers)) terminal.note(`          ${name}: ${value}`);
    for (const file of files) terminal.line(`          + ${file}`);
  }
  terminal.title('4. How long each step took');
  for (const release of releases) terminal.line(`${release.env.padEnd(10)}  ${hops(release)}`);
}

function expectations(
  artifactId: string,
  sha: string,
  releases: Readonly<Record<'staging' | 'production', ReleaseAnswer>>,
): ExpectedRelease[] {
  const image = `${IMAGE.repository}:${IMAGE.tag}`;
  const common = { app: 'webapp', artifactId, image };
  return [
    {
      ...common,
      env: 'staging',
      releaseId: releases.staging.id,
      subject: /^\[Gimlet\] staging\/webapp automated deploy$/,
      namespace: 'webapp-staging',
      replicas: 1,
      host: 'webapp.staging.example.com',
      config: { GIT_SHA: sha, LOG_LEVEL: 'debug' },
    },
    {
      ...common,
      env: 'production',
      releaseId: releases.production.id,
      subject: /^\[Gimlet\] production\/webapp deployed by \S+$/,
      namespace: 'webapp',
      replicas: 3,
      host: 'webapp.example.com',
      config: { GIT_SHA: sha, LOG_LEVEL: 'info' },
    },
  ];
}

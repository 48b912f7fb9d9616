import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { CiEnv, CiJob, VersionFacts } from './ci-job.ts';
import { pickVariables } from './pick-variables.ts';

const CONTEXT = [
  'GITHUB_REPOSITORY',
  'GITHUB_SHA',
  'GITHUB_REF',
  'GITHUB_REF_NAME',
  'GITHUB_REF_TYPE',
  'GITHUB_HEAD_REF',
  'GITHUB_BASE_REF',
  'GITHUB_EVENT_NAME',
  'GITHUB_ACTOR',
  'GITHUB_WORKFLOW',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_SERVER_URL',
];

const person = z.object({ name: z.string().nullish(), email: z.string().nullish() }).nullish();
/** What of a webhook's payload tells more than the variables do. */
const eventSchema = z.object({
  head_commit: z
    .object({ id: z.string(), message: z.string(), timestamp: z.string(), author: person, committer: person })
    .nullish(),
  pull_request: z
    .object({ title: z.string(), html_url: z.string(), head: z.object({ sha: z.string() }) })
    .nullish(),
});
type GithubEvent = z.infer<typeof eventSchema>;

/** GitHub Actions. */
export function github(env: CiEnv): CiJob | undefined {
  if (env['GITHUB_ACTIONS'] !== 'true') return undefined;
  const event = readEvent(env['GITHUB_EVENT_PATH']);
  const isPr = env['GITHUB_EVENT_NAME']?.startsWith('pull_request');
  return {
    system: 'GitHub Actions',
    run: `${env['GITHUB_RUN_ID'] ?? '0'}-${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
    version: { ...commitFacts(env, event), ...(isPr ? prFacts(env, event) : refFacts(env)) },
    context: pickVariables(env, CONTEXT),
  };
}

function refFacts(env: CiEnv): VersionFacts {
  const name = env['GITHUB_REF_NAME'] ?? '';
  return env['GITHUB_REF_TYPE'] === 'tag' ? { event: 'tag', tag: name } : { event: 'push', branch: name };
}

/** GITHUB_SHA of a pull request is a merge that nobody wrote; the payload has the commit that people know. */
function prFacts(env: CiEnv, { pull_request: pr }: GithubEvent): VersionFacts {
  const branch = env['GITHUB_HEAD_REF'] ?? '';
  return {
    event: 'pr',
    branch,
    sourceBranch: branch,
    ...(env['GITHUB_BASE_REF'] === undefined ? {} : { targetBranch: env['GITHUB_BASE_REF'] }),
    ...(pr ? { sha: pr.head.sha, message: pr.title, url: pr.html_url } : {}),
  };
}

function commitFacts(env: CiEnv, { head_commit: commit }: GithubEvent): VersionFacts {
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const sha = env['GITHUB_SHA'] ?? '';
  const facts = {
    repositoryName: repository,
    sha,
    url: `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${repository}/commit/${sha}`,
  };
  if (commit?.id !== sha) return facts;
  const { author, committer } = commit;
  return {
    ...facts,
    message: commit.message,
    created: commit.timestamp,
    ...(author?.name ? { authorName: author.name } : {}),
    ...(author?.email ? { authorEmail: author.email } : {}),
    ...(committer?.name ? { committerName: committer.name } : {}),
    ...(committer?.email ? { committerEmail: committer.email } : {}),
  };
}

/** The webhook's payload; empty when it is missing or has another shape, as with other events. */
function readEvent(path: string | undefined): GithubEvent {
  if (path === undefined) return {};
  try {
    return eventSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

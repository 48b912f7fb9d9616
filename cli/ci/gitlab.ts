import { type CiEnv, type CiJob, known, type VersionFacts } from './ci-job.ts';
import { pickVariables } from './pick-variables.ts';

const CONTEXT = [
  'CI_PROJECT_PATH',
  'CI_PROJECT_URL',
  'CI_COMMIT_SHA',
  'CI_COMMIT_SHORT_SHA',
  'CI_COMMIT_REF_NAME',
  'CI_COMMIT_REF_SLUG',
  'CI_COMMIT_BRANCH',
  'CI_COMMIT_TAG',
  'CI_PIPELINE_ID',
  'CI_PIPELINE_IID',
  'CI_PIPELINE_SOURCE',
  'CI_PIPELINE_URL',
  'CI_JOB_ID',
  'CI_REGISTRY_IMAGE',
  'CI_MERGE_REQUEST_IID',
  'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME',
  'CI_MERGE_REQUEST_TARGET_BRANCH_NAME',
];

/** GitLab CI. A job that is run again has another CI_JOB_ID. */
export function gitlab(env: CiEnv): CiJob | undefined {
  if (env['GITLAB_CI'] === undefined) return undefined;
  const [, authorName, authorEmail] = /^(.*?)\s*<(.*)>$/.exec(env['CI_COMMIT_AUTHOR'] ?? '') ?? [];
  // Set in a pipeline of the merged result only, whose own commit nobody wrote.
  const sha = env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'] ?? env['CI_COMMIT_SHA'];
  const project = env['CI_PROJECT_URL'];
  return {
    system: 'GitLab CI',
    run: `${env['CI_PIPELINE_ID'] ?? '0'}-${env['CI_JOB_ID'] ?? '1'}`,
    version: known({
      repositoryName: env['CI_PROJECT_PATH'],
      sha,
      authorName,
      authorEmail,
      message: env['CI_COMMIT_MESSAGE'],
      created: env['CI_COMMIT_TIMESTAMP'],
      url: project && sha && `${project}/-/commit/${sha}`,
      ...refFacts(env),
    }),
    context: pickVariables(env, CONTEXT),
  };
}

function refFacts(env: CiEnv): VersionFacts {
  const sourceBranch = env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'];
  const targetBranch = env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];
  const tag = env['CI_COMMIT_TAG'];
  if (sourceBranch) return known({ event: 'pr', branch: sourceBranch, sourceBranch, targetBranch });
  if (tag) return { event: 'tag', tag };
  return known({ event: 'push', branch: env['CI_COMMIT_BRANCH'] ?? env['CI_COMMIT_REF_NAME'] });
}

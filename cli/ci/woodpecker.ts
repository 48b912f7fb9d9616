import { type CiEnv, type CiJob, known, type VersionFacts } from './ci-job.ts';
import { pickVariables } from './pick-variables.ts';

const CONTEXT = [
  'CI_REPO',
  'CI_REPO_URL',
  'CI_COMMIT_SHA',
  'CI_COMMIT_REF',
  'CI_COMMIT_BRANCH',
  'CI_COMMIT_SOURCE_BRANCH',
  'CI_COMMIT_TARGET_BRANCH',
  'CI_COMMIT_TAG',
  'CI_COMMIT_PULL_REQUEST',
  'CI_PIPELINE_NUMBER',
  'CI_PIPELINE_EVENT',
  'CI_PIPELINE_URL',
];

/** Woodpecker. A pipeline that is started again gets a number of its own. */
export function woodpecker(env: CiEnv): CiJob | undefined {
  if (env['CI'] !== 'woodpecker' && env['CI_SYSTEM_NAME'] !== 'woodpecker') return undefined;
  const repository = env['CI_REPO_URL'];
  const sha = env['CI_COMMIT_SHA'];
  return {
    system: 'Woodpecker',
    run: `${env['CI_PIPELINE_NUMBER'] ?? '0'}-1`,
    version: known({
      repositoryName: env['CI_REPO'],
      sha,
      authorName: env['CI_COMMIT_AUTHOR'],
      authorEmail: env['CI_COMMIT_AUTHOR_EMAIL'],
      message: env['CI_COMMIT_MESSAGE'],
      url: env['CI_PIPELINE_FORGE_URL'] ?? (repository && sha && `${repository}/commit/${sha}`),
      ...refFacts(env),
    }),
    context: pickVariables(env, CONTEXT),
  };
}

/** CI_COMMIT_BRANCH of a pull request is the branch that it wants to go to. */
function refFacts(env: CiEnv): VersionFacts {
  const branch = env['CI_COMMIT_BRANCH'];
  if (env['CI_PIPELINE_EVENT']?.startsWith('pull_request')) {
    const sourceBranch = env['CI_COMMIT_SOURCE_BRANCH'];
    const targetBranch = env['CI_COMMIT_TARGET_BRANCH'] ?? branch;
    return known({ event: 'pr', branch: sourceBranch, sourceBranch, targetBranch });
  }
  const tag = env['CI_COMMIT_TAG'];
  return tag ? { event: 'tag', tag } : known({ event: 'push', branch });
}

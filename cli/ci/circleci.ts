import { type CiEnv, type CiJob, known, type VersionFacts } from './ci-job.ts';
import { pickVariables } from './pick-variables.ts';
import { parseRepositoryUrl } from './repository-url.ts';

const CONTEXT = [
  'CIRCLE_PROJECT_USERNAME',
  'CIRCLE_PROJECT_REPONAME',
  'CIRCLE_SHA1',
  'CIRCLE_BRANCH',
  'CIRCLE_TAG',
  'CIRCLE_PR_NUMBER',
  'CIRCLE_BUILD_NUM',
  'CIRCLE_BUILD_URL',
  'CIRCLE_WORKFLOW_ID',
];

/** CircleCI. A job that is run again has another CIRCLE_BUILD_NUM. */
export function circleci(env: CiEnv): CiJob | undefined {
  if (env['CIRCLECI'] !== 'true') return undefined;
  const owner = env['CIRCLE_PROJECT_USERNAME'];
  const name = env['CIRCLE_PROJECT_REPONAME'];
  const repository = parseRepositoryUrl(env['CIRCLE_REPOSITORY_URL']);
  const sha = env['CIRCLE_SHA1'];
  return {
    system: 'CircleCI',
    run: `${env['CIRCLE_BUILD_NUM'] ?? '0'}-1`,
    version: known({
      repositoryName: owner && name ? `${owner}/${name}` : repository?.name,
      sha,
      url: repository && sha && `${repository.web}/commit/${sha}`,
      ...refFacts(env),
    }),
    context: pickVariables(env, CONTEXT),
  };
}

/** CircleCI builds pushes; only of a fork's pull request it says so, and calls its branch `pull/<number>`. */
function refFacts(env: CiEnv): VersionFacts {
  const branch = env['CIRCLE_BRANCH'];
  const tag = env['CIRCLE_TAG'];
  if (tag) return { event: 'tag', tag };
  if (env['CIRCLE_PR_NUMBER']) return known({ event: 'pr', branch, sourceBranch: branch });
  return known({ event: 'push', branch });
}

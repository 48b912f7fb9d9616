import { type CiEnv, type CiJob, known, type VersionFacts } from './ci-job.ts';
import { pickVariables } from './pick-variables.ts';
import { parseRepositoryUrl } from './repository-url.ts';

const CONTEXT = [
  'GIT_COMMIT',
  'GIT_BRANCH',
  'BRANCH_NAME',
  'TAG_NAME',
  'CHANGE_ID',
  'CHANGE_BRANCH',
  'CHANGE_TARGET',
  'JOB_NAME',
  'BUILD_NUMBER',
  'BUILD_URL',
];

/** Jenkins with its git plugin; branches, tags and pull requests as a multibranch pipeline names them. */
export function jenkins(env: CiEnv): CiJob | undefined {
  if (env['JENKINS_URL'] === undefined) return undefined;
  const repository = parseRepositoryUrl(env['GIT_URL'] ?? env['GIT_URL_1']);
  const sha = env['GIT_COMMIT'];
  return {
    system: 'Jenkins',
    run: `${env['BUILD_NUMBER'] ?? '0'}-1`,
    version: known({
      repositoryName: repository?.name,
      sha,
      url: repository && sha && `${repository.web}/commit/${sha}`,
      ...refFacts(env),
    }),
    context: pickVariables(env, CONTEXT),
  };
}

function refFacts(env: CiEnv): VersionFacts {
  const tag = env['TAG_NAME'];
  if (env['CHANGE_ID']) {
    const sourceBranch = env['CHANGE_BRANCH'];
    const message = env['CHANGE_TITLE'];
    return known({
      event: 'pr',
      branch: sourceBranch,
      sourceBranch,
      targetBranch: env['CHANGE_TARGET'],
      message,
    });
  }
  if (tag) return { event: 'tag', tag };
  // GIT_BRANCH has the remote's name in front.
  const branch = env['GIT_LOCAL_BRANCH'] ?? env['BRANCH_NAME'] ?? env['GIT_BRANCH']?.replace(/^origin\//, '');
  return known({ event: 'push', branch });
}

import { UnprocessableError } from '../errors/errors.ts';
import type { Settings } from './settings.ts';

/**
 * Refuses what is of a GitOps repo: a pipeline that runs on our own commits would push an artifact for each, which
 * would be released, which would be a commit.
 * @throws UnprocessableError `artifact-of-gitops-repo`
 */
export function refuseGitOpsRepo(
  { gitops, environments }: Pick<Settings, 'gitops' | 'environments'>,
  repositoryName: string,
): void {
  const own = Object.values(environments).flatMap(({ gitops: location }) => location?.repo ?? []);
  const name = plain(repositoryName);
  const repo = [gitops.repo, ...own].find((url) => namesOf(url).includes(name));
  if (repo === undefined) return;
  throw new UnprocessableError(
    'artifact-of-gitops-repo',
    `'${repositoryName}' is the GitOps repo ${repo}: its commits are made by GimletD and are never released. ` +
      'Take the job that pushes artifacts out of its pipeline.',
  );
}

/** The ways to name a repo: its path on its host, with the host or without. */
function namesOf(repo: string): string[] {
  const { host, pathname } = new URL(repo);
  const path = plain(pathname);
  return [path, `${host.toLowerCase()}/${path}`];
}

function plain(name: string): string {
  return name
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .toLowerCase();
}

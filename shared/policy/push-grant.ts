import { coversResource, grantsAction } from '../access/grant-covers.ts';
import type { EnvironmentName, Resource } from '../access/resource.ts';
import type { Artifact } from '../artifact/artifact.ts';

/** Whether who pushed an artifact may have it released to an environment by what the artifact itself says. */
export function coversPush(
  { pushedBy, version }: Artifact,
  app: Pick<Resource, 'app' | 'teams'>,
  env: EnvironmentName,
): boolean {
  if (!pushedBy) return true;
  const resource = { ...app, env, repository: version.repositoryName };
  return pushedBy.grants.some(
    (grant) => grantsAction(grant, 'artifact:push') && coversResource(grant, resource),
  );
}

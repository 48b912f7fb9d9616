import { type ArtifactContent, artifactId, parseArtifact } from '../../shared/contract/artifact-document.ts';
import type { CiJob, VersionFacts } from '../ci/ci-job.ts';

/**
 * A new artifact of a version: named as the server would name it, in a CI job with the run and attempt behind, so that
 * a job that is run again makes an artifact of its own. SHA, BRANCH and TAG are there for manifests whatever the CI
 * system calls them.
 * @throws GimletdError `bad-artifact` naming the fields of the version that are wrong.
 */
export function newArtifact(facts: VersionFacts, job: CiJob | undefined): ArtifactContent {
  const { version } = parseArtifact({ version: facts });
  const { sha, branch, tag } = version;
  const id = artifactId(version);
  return parseArtifact({
    id: job === undefined ? id : `${id}-${job.run}`,
    version,
    context: {
      ...job?.context,
      SHA: sha,
      ...(branch === undefined ? {} : { BRANCH: branch }),
      ...(tag === undefined ? {} : { TAG: tag }),
    },
  });
}

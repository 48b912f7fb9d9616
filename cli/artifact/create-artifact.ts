import { type ArtifactContent, GimletdError } from '../../shared/contract/artifact-document.ts';
import { type CiJob, detectCiJob, known, type VersionFacts } from '../ci/ci-job.ts';
import { gitCommitFacts } from '../ci/git-commit.ts';
import { UsageError } from '../cli-error.ts';
import type { World } from '../world.ts';
import { newArtifact } from './new-artifact.ts';

export interface CreateFlags extends Omit<VersionFacts, 'repositoryName'> {
  readonly repository?: string;
  readonly created?: string;
  readonly output?: string;
  readonly json?: true;
}

/** What a person must say of a version. A CI job knows most of it, and not every system knows everything. */
const FLAG_OF = {
  repositoryName: '--repository',
  sha: '--sha',
  created: '--created',
  branch: '--branch',
  authorName: '--authorName',
  authorEmail: '--authorEmail',
  committerName: '--committerName',
  committerEmail: '--committerEmail',
  message: '--message',
  url: '--url',
} as const satisfies Partial<Record<keyof VersionFacts, string>>;

/**
 * Makes an artifact of flags, of the CI job that it is called in, and of the git checkout.
 * @throws UsageError that names the flags that are missing or wrong
 */
export async function createArtifact(flags: CreateFlags, env: World['env']): Promise<ArtifactContent> {
  const job = detectCiJob(env);
  const facts = await gatherFacts(flags, job);
  checkComplete(facts, job);
  try {
    return newArtifact(facts, job);
  } catch (error) {
    throw error instanceof GimletdError ? wrongFlags(error) : error;
  }
}

/** Flags over the job's environment over the checkout. */
async function gatherFacts(flags: CreateFlags, job: CiJob | undefined): Promise<VersionFacts> {
  const { repository, output: _output, json: _json, created, ...rest } = flags;
  const given = known({ ...rest, repositoryName: repository, created: unixOrText(created) });
  const facts = { ...job?.version, ...given };
  if (job === undefined) return facts;
  return { ...(await gitCommitFacts(facts.sha ?? '')), ...facts };
}

function unixOrText(created: string | undefined): string | number | undefined {
  return created !== undefined && /^\d+$/.test(created) ? Number(created) : created;
}

function checkComplete(facts: VersionFacts, job: CiJob | undefined): void {
  const required = job === undefined ? Object.keys(FLAG_OF) : ['repositoryName', 'sha', 'branch'];
  const missing = Object.entries(FLAG_OF).filter(
    ([field]) =>
      required.includes(field) &&
      !facts[field as keyof typeof FLAG_OF] &&
      !(field === 'branch' && facts.tag !== undefined),
  );
  if (missing.length === 0) return;
  const where =
    job === undefined ? 'this is no CI job that gimlet knows' : `the ${job.system} job does not tell`;
  throw new UsageError(
    `What was built is not known: give ${missing.map(([, flag]) => flag).join(', ')} (${where}).`,
  );
}

function wrongFlags(error: GimletdError): UsageError {
  const details = error.errors.map(({ path, message }) => {
    const field = path.replace(/^version\./, '');
    return `${FLAG_OF[field as keyof typeof FLAG_OF] ?? `--${field}`} ${message}`;
  });
  return new UsageError('The version is not right:', { details });
}

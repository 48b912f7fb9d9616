import { Option } from 'commander';
import { type ArtifactContent, GimletdError } from '../../shared/contract/artifact-document.ts';
import { newArtifact } from '../artifact/new-artifact.ts';
import { type CiJob, detectCiJob, known, type VersionFacts } from '../ci/ci-job.ts';
import { gitCommitFacts } from '../ci/git-commit.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';

interface CreateFlags extends Omit<VersionFacts, 'repositoryName'> {
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

export const artifactCreate: DefineCommand = (command, run) => {
  command
    .option('--repository <name>', 'repository that was built: owner/repo')
    .option('--sha <sha>', 'commit that was built')
    .option('--created <time>', 'when the commit was made: unix seconds or RFC 3339')
    .option('--branch <name>', 'branch that was built')
    .addOption(
      new Option('--event <event>', 'what CI built: default tag with --tag, else push').choices([
        'push',
        'tag',
        'pr',
      ]),
    )
    .option('--sourceBranch <name>', 'pull requests: the branch it comes from')
    .option('--targetBranch <name>', 'pull requests: the branch it wants to go to')
    .option('--tag <name>', 'git tag that was built')
    .option('--authorName <name>', 'who wrote the commit')
    .option('--authorEmail <email>', 'their address')
    .option('--committerName <name>', 'who committed it')
    .option('--committerEmail <email>', 'their address')
    .option('--message <text>', 'commit message')
    .option('--url <url>', 'where to look at the commit')
    .option('-o, --output <file>', 'file to write; stdout without it')
    .option('--json', 'print the artifact on stdout also when a file is written')
    .addHelpText('after', HELP)
    .action((flags: CreateFlags) =>
      run({ json: flags.json === true }, async ({ world, output }) => {
        const artifact = await createArtifact(flags, detectCiJob(world.env));
        if (flags.output !== undefined) {
          await writeOutputFile(flags.output, `${JSON.stringify(artifact, null, 2)}\n`, { replace: true });
          output.say(`Made ${flags.output}: artifact ${artifact.id}`);
        }
        if (flags.json || flags.output === undefined) output.json(artifact);
      }),
    );
};

const HELP = `
In a GitHub, GitLab, Jenkins, CircleCI or Woodpecker job what is not given comes from the job's environment and from
the git checkout in the working directory. Elsewhere all but --event, --sourceBranch, --targetBranch, --tag are required;
with --tag, --branch is not.

Manifests can use the variables SHA, BRANCH and TAG, and in a CI job the usual ones of its system (GITHUB_SHA, …).
${examples(
  'gimlet artifact create -o artifact.json',
  'gimlet artifact create --repository owner/repo --sha $SHA --branch main … -o artifact.json',
)}`;

async function createArtifact(flags: CreateFlags, job: CiJob | undefined): Promise<ArtifactContent> {
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

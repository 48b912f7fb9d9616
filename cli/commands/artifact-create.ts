import { Option } from 'commander';
import type { CreateFlags } from '../artifact/create-artifact.ts';
import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';

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
        const { createArtifact } = await import('../artifact/create-artifact.ts');
        const artifact = await createArtifact(flags, world.env);
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

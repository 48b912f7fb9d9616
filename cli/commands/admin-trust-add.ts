import { Option } from 'commander';
import { trustText } from '../access/trust-text.ts';
import { connectionOf } from '../client/connection.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface AddFlags extends JsonFlag, VersionFlag {
  readonly provider: 'github' | 'gitlab';
  readonly issuer?: string;
  readonly audience?: string;
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly workflow?: string;
  readonly ref?: readonly string[];
  readonly event?: readonly string[];
  readonly environment?: string;
  readonly app: readonly string[];
  readonly env?: readonly string[];
  readonly action?: readonly string[];
}

const ISSUERS = { github: 'https://token.actions.githubusercontent.com', gitlab: 'https://gitlab.com' };
const gather = (text: string, before: readonly string[] = []) => [...before, text];

export const adminTrustAdd: DefineCommand = (command, run) => {
  command
    .argument('<name>', 'what to call it: lower-case letters, digits and -')
    .addOption(
      new Option('--provider <name>', 'whose jobs they are')
        .choices(Object.keys(ISSUERS))
        .makeOptionMandatory(),
    )
    .requiredOption('--repository <name>', 'repository whose jobs are let in: owner/repo')
    .requiredOption('--repository-id <number>', 'its number, which stays when a name is given to another')
    .requiredOption('--owner-id <number>', "its owner's number")
    .requiredOption('--app <glob>', 'app that they may push; may be given several times', gather)
    .option('--workflow <file>', 'file that defines the job (GitLab: .gitlab-ci.yml unless given)')
    .option('--ref <glob>', 'ref that they are built from (default: refs/heads/main); several times', gather)
    .option('--event <name>', "what may start them, in CI's own word (default: push); several times", gather)
    .option('--environment <name>', "the CI system's deployment environment that they must run in")
    .option(
      '-e, --env <glob>',
      'environment of ours that it may be released to (default: all that are not protected); several times',
      gather,
    )
    .option('--action <name>', 'what they may do (default: artifact:push); several times', gather)
    .option('--issuer <url>', 'who signs their identities, where it is not github.com or gitlab.com')
    .option('--audience <text>', "whom their identities must be for (default: this server's URL)")
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((name: string, flags: AddFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { server } = connectionOf(command.optsWithGlobals(), world.env);
        const stored = await (await api()).putTrust(name, documentOf(flags, server), flags.ifVersion);
        output.answer(stored, () => {
          output.say(`${output.colours.bold(printable(stored.name))}  version ${stored.version}`);
          output.say(`  ${printable(trustText(stored))}`);
        });
      }),
    );
};

function documentOf(flags: AddFlags, server: string): object {
  const { provider } = flags;
  return {
    provider,
    issuer: flags.issuer ?? ISSUERS[provider],
    audience: flags.audience ?? server,
    repository: flags.repository,
    repositoryId: flags.repositoryId,
    ownerId: flags.ownerId,
    workflow: flags.workflow ?? (provider === 'gitlab' ? '.gitlab-ci.yml' : undefined),
    refs: flags.ref ?? ['refs/heads/main'],
    events: flags.event,
    environment: flags.environment,
    apps: flags.app,
    environments: flags.env,
    actions: flags.action,
  };
}

const HELP = `
A job that all of it is true of needs no token: gimlet artifact push finds its identity by itself. In GitHub Actions the
job needs "permissions: {id-token: write}", in GitLab an id_tokens entry GIMLET_ID_TOKEN with this server as its aud.

The numbers: gh api repos/OWNER/REPO --jq '.id, .owner.id'; in GitLab they are CI_PROJECT_ID and CI_PROJECT_NAMESPACE_ID.
A policy of that name is replaced; with --if-version only if nobody has changed it since.
${examples(
  'gimlet admin trust add shop --provider github --repository acme/shop --repository-id 200 --owner-id 100 \\\n      --workflow .github/workflows/release.yml --ref refs/heads/main --ref "refs/tags/v*" --app shop',
  'gimlet admin trust add shop --provider gitlab --issuer https://gitlab.acme.example --repository acme/shop \\\n      --repository-id 200 --owner-id 100 --app shop',
)}`;

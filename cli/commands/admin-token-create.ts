import { readFile } from 'node:fs/promises';
import { showToken } from '../access/show-token.ts';
import { secondsArgument } from '../access/token-age.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

interface CreateFlags extends JsonFlag {
  readonly name: string;
  readonly role?: string;
  readonly app?: readonly string[];
  readonly team?: readonly string[];
  readonly env?: readonly string[];
  readonly repository?: readonly string[];
  readonly grants?: string;
  /** Seconds. */
  readonly expiresIn?: number;
}

const gather = (text: string, before: readonly string[] = []) => [...before, text];

export const adminTokenCreate: DefineCommand = (command, run) => {
  command
    .requiredOption('--name <name>', 'who or what will have it; goes into records')
    .option('--role <role>', 'reader, ci, engineer, approver, operator or admin')
    .option('--app <glob>', 'app that it is for; may be given several times', gather)
    .option('--team <name>', 'team whose apps it is for, whichever they are then; several times', gather)
    .option('-e, --env <glob>', 'environment that it may change; a protected one by its name', gather)
    .option('--repository <glob>', 'source repository that it is for', gather)
    .option('--grants <file>', 'JSON file of grants, in place of a role')
    .option(
      '--expires-in <duration>',
      'how long it lasts: 30d, 12h; 365d at most (default: 90d)',
      secondsArgument,
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'gimlet admin token create --name shop-ci --role ci --app shop --repository acme/shop',
        'gimlet admin token create --name jane --role engineer --app "shop-*" --env staging --env production',
        'gimlet admin token create --name john --role engineer --team payments',
        'gimlet admin token create --name dashboard --role reader --expires-in 365d',
        'gimlet admin token create --name jane --role approver --env production',
      ),
    )
    .action((flags: CreateFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const { name, role, env, repository, expiresIn } = flags;
        if ((role === undefined) === (flags.grants === undefined)) {
          throw new UsageError('What may it do? Say --role ROLE, or --grants FILE; one of them.');
        }
        const grants = flags.grants === undefined ? undefined : await readGrants(flags.grants);
        const scopes = { apps: appsOf(flags), environments: env, repositories: repository };
        const issued = await (await api()).createToken({
          ...{ name, role, ...scopes, grants },
          expiresInSeconds: expiresIn,
        });
        showToken(issued, output);
      }),
    );
};

/** Apps, and teams as grants write them among apps. */
function appsOf({ app = [], team = [] }: CreateFlags): readonly string[] | undefined {
  const apps = [...app, ...team.map((name) => `team:${name}`)];
  return apps.length === 0 ? undefined : apps;
}

async function readGrants(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} can't be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}

import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { putPolicy, type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface RestrictionFlags extends JsonFlag, VersionFlag {
  readonly env: string;
  readonly branchRegex: string;
  readonly app?: string;
}

export const policyBranchRestriction: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .requiredOption('--branch-regex <expression>', 'what a branch must match, as a whole (RE2 syntax)')
    .option('--app <name>', 'only for this app; without it, for all')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: RestrictionFlags) =>
      run({ json: flags.output === 'json' }, (tools) => {
        const { env, app, branchRegex: branchPattern } = flags;
        const id = ['branch-restriction', env, ...(app === undefined ? [] : [app])].join('/');
        return putPolicy(tools, id, { branchPattern }, flags);
      }),
    );
};

const HELP = `
It beats every other rule, binds releases by hand and rollbacks too, and is asked again when a release is written.
${examples("gimlet policy branch-restriction --env production --branch-regex 'main|release/.*'")}`;

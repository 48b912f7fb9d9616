import { Option } from 'commander';
import { collect } from '../artifact/key-value.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { given, putPolicy, type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface AutoReleaseFlags extends JsonFlag, VersionFlag {
  readonly app: string;
  readonly env: string;
  readonly event: 'push' | 'tag' | 'pr';
  readonly branch?: string;
  readonly tag?: string;
  readonly message?: readonly string[];
}

export const policyAutoRelease: DefineCommand = (command, run) => {
  command
    .requiredOption('--app <name>', 'app')
    .requiredOption('-e, --env <name>', 'environment that it is released to')
    .addOption(
      new Option('--event <event>', 'what CI did').choices(['push', 'tag', 'pr']).makeOptionMandatory(),
    )
    .option('--branch <pattern>', 'branch that was built; a glob, a leading ! negates it')
    .option('--tag <pattern>', 'tag that was built; likewise')
    .option('--message <pattern>', 'glob of the commit message; again for more', collect)
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'gimlet policy auto-release --app webapp --env staging --event push --branch main',
        "gimlet policy auto-release --app webapp --env production --event tag --tag 'v*'",
      ),
    )
    .action((flags: AutoReleaseFlags) =>
      run({ json: flags.output === 'json' }, (tools) => {
        const { app, env, event, branch, tag, message } = flags;
        if (branch !== undefined && tag !== undefined) {
          throw new UsageError('--branch is for pushes and pull requests, --tag for tags: give one of them.');
        }
        const deploy = given({ event, branch, tag, commitMessagePatterns: message });
        return putPolicy(tools, `auto-release/${env}/${app}`, { deploy }, flags);
      }),
    );
};

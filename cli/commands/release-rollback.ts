import {
  type DefineCommand,
  examples,
  type JsonFlag,
  jsonOption,
  timeoutOption,
  type WaitFlags,
  waitOption,
} from '../command.ts';
import { askAndFollow, WAIT_HELP } from '../follow/ask-and-follow.ts';

interface RollbackFlags extends JsonFlag, WaitFlags {
  readonly env: string;
  readonly app: string;
  readonly to: string;
  readonly overrideFreeze?: string;
}

export const releaseRollback: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .requiredOption('--app <name>', 'app to roll back')
    .requiredOption('--to <id>', 'a commit of the GitOps repo, or the id of a release or an artifact')
    .option('--override-freeze <reason>', 'also while the environment is frozen; says why')
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ env, app, to, overrideFreeze, ...flags }: RollbackFlags) =>
      run({ json: flags.output === 'json' }, (tools) =>
        askAndFollow(tools, flags, (client, key) =>
          client.requestRollback({ env, app, to, ...(overrideFreeze && { overrideFreeze }) }, key),
        ),
      ),
    );
};

const HELP = `
The app's files become exactly what they were then, in one commit; a commit of another app means what this one was at
that time. Automation of the app is held until \`gimlet policy resume\`.
${WAIT_HELP}
${examples(
  'gimlet release list --env production --app webapp',
  'gimlet release rollback --env production --app webapp --to ID --wait',
)}`;

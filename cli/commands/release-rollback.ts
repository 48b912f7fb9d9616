import {
  type DefineCommand,
  type DryRunFlag,
  dryRunOption,
  examples,
  type JsonFlag,
  jsonOption,
  timeoutOption,
  type WaitFlags,
  waitOption,
} from '../command.ts';
import { askAndFollow, WAIT_HELP } from '../follow/ask-and-follow.ts';
import { preview } from '../preview/preview.ts';

interface RollbackFlags extends JsonFlag, WaitFlags, DryRunFlag {
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
    .addOption(dryRunOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ env, app, to, overrideFreeze, ...flags }: RollbackFlags) =>
      run({ json: flags.output === 'json' }, async (tools) => {
        const body = { env, app, to, ...(overrideFreeze && { overrideFreeze }) };
        if (flags.dryRun) return preview(tools, flags, 'requestRollback', body);
        return askAndFollow(tools, flags, (client, key) => client.requestRollback(body, key));
      }),
    );
};

const HELP = `
The app's files become exactly what they were then, in one commit; a commit of another app means what this one was at
that time. Automation of the app is held until \`gimlet policy resume\`.
${WAIT_HELP}
${examples(
  'gimlet release list --env production --app webapp',
  'gimlet release rollback --env production --app webapp --to ID --dry-run',
  'gimlet release rollback --env production --app webapp --to ID --wait',
)}`;

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

interface DeleteFlags extends JsonFlag, WaitFlags, DryRunFlag {
  readonly env: string;
  readonly app: string;
  readonly overrideFreeze?: string;
}

export const releaseDelete: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .requiredOption('--app <name>', 'app to take out of it')
    .option('--override-freeze <reason>', 'also while the environment is frozen; says why')
    .addOption(dryRunOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ env, app, overrideFreeze, ...flags }: DeleteFlags) =>
      run({ json: flags.output === 'json' }, async (tools) => {
        const body = { env, app, ...(overrideFreeze && { overrideFreeze }) };
        if (flags.dryRun) return preview(tools, flags, 'requestDelete', body);
        return askAndFollow(tools, flags, (client, key) => client.requestDelete(body, key));
      }),
    );
};

const HELP = `
The app's directory goes from the GitOps repo in one commit; \`gimlet release rollback\` brings it back, and so does the
next artifact that a policy releases: \`gimlet policy hold\` keeps it away.
${WAIT_HELP}
${examples('gimlet release delete --env staging --app webapp --wait')}`;

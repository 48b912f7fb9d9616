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

interface PromoteFlags extends JsonFlag, WaitFlags, DryRunFlag {
  readonly from: string;
  readonly to: string;
  readonly app: string;
  readonly overrideFreeze?: string;
}

export const promote: DefineCommand = (command, run) => {
  command
    .requiredOption('--from <env>', 'environment in which it runs')
    .requiredOption('--to <env>', 'environment to release it to')
    .requiredOption('--app <name>', 'app')
    .option('--override-freeze <reason>', 'also while the environment is frozen; says why')
    .addOption(dryRunOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ from, to, app, overrideFreeze, ...flags }: PromoteFlags) =>
      run({ json: flags.output === 'json' }, async (tools) => {
        const body = { from, to, app, ...(overrideFreeze && { overrideFreeze }) };
        if (flags.dryRun) return preview(tools, flags, 'requestPromotion', body);
        return askAndFollow(tools, flags, (client, key) => client.requestPromotion(body, key));
      }),
    );
};

const HELP = `${WAIT_HELP}
${examples(
  'gimlet promote --from staging --to production --app webapp --dry-run',
  'gimlet promote --from staging --to production --app webapp --wait',
)}`;

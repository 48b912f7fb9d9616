import { type DefineCommand, examples } from '../command.ts';
import { type RequestFlags, requestOptions, runRequest, WAIT_HELP } from '../follow/request-command.ts';

interface PromoteFlags extends RequestFlags {
  readonly from: string;
  readonly to: string;
  readonly app: string;
}

export const promote: DefineCommand = (command, run) => {
  requestOptions(
    command
      .requiredOption('--from <env>', 'environment in which it runs')
      .requiredOption('--to <env>', 'environment to release it to')
      .requiredOption('--app <name>', 'app'),
  )
    .addHelpText('after', HELP)
    .action(({ from, to, app, ...flags }: PromoteFlags) =>
      runRequest(run, flags, 'requestPromotion', () => ({ from, to, app })),
    );
};

const HELP = `${WAIT_HELP}
${examples(
  'gimlet promote --from staging --to production --app webapp --dry-run',
  'gimlet promote --from staging --to production --app webapp --wait',
)}`;

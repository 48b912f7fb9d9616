import { type DefineCommand, examples } from '../command.ts';
import { type RequestFlags, requestOptions, runRequest, WAIT_HELP } from '../follow/request-command.ts';

interface DeleteFlags extends RequestFlags {
  readonly env: string;
  readonly app: string;
}

export const releaseDelete: DefineCommand = (command, run) => {
  requestOptions(
    command
      .requiredOption('-e, --env <name>', 'environment')
      .requiredOption('--app <name>', 'app to take out of it'),
  )
    .addHelpText('after', HELP)
    .action(({ env, app, ...flags }: DeleteFlags) =>
      runRequest(run, flags, 'requestDelete', () => ({ env, app })),
    );
};

const HELP = `
The app's directory goes from the GitOps repo in one commit; \`gimlet release rollback\` brings it back, and so does the
next artifact that a policy releases: \`gimlet policy hold\` keeps it away.
${WAIT_HELP}
${examples('gimlet release delete --env staging --app webapp --wait')}`;

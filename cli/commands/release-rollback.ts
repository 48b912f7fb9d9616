import { type DefineCommand, examples } from '../command.ts';
import { type RequestFlags, requestOptions, runRequest, WAIT_HELP } from '../follow/request-command.ts';

interface RollbackFlags extends RequestFlags {
  readonly env: string;
  readonly app: string;
  readonly to: string;
}

export const releaseRollback: DefineCommand = (command, run) => {
  requestOptions(
    command
      .requiredOption('-e, --env <name>', 'environment')
      .requiredOption('--app <name>', 'app to roll back')
      .requiredOption('--to <id>', 'a commit of the GitOps repo, or the id of a release or an artifact'),
  )
    .addHelpText('after', HELP)
    .action(({ env, app, to, ...flags }: RollbackFlags) =>
      runRequest(run, flags, 'requestRollback', () => ({ env, app, to })),
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

import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples } from '../command.ts';
import { type RequestFlags, requestOptions, runRequest, WAIT_HELP } from '../follow/request-command.ts';

interface MakeFlags extends RequestFlags {
  readonly artifact?: string;
  readonly artifactId?: string;
  readonly env: string;
  readonly app?: string;
}

export const releaseMake: DefineCommand = (command, run) => {
  requestOptions(
    command
      .option('-a, --artifact <id>', 'artifact to release')
      .option('--artifact-id <id>', 'the same')
      .requiredOption('-e, --env <name>', 'environment to release it to')
      .option(
        '--app <name>',
        'only this app; without it, every manifest that the artifact has for the environment',
      ),
  )
    .addHelpText('after', HELP)
    .action((flags: MakeFlags) =>
      runRequest(run, flags, 'requestRelease', () => ({
        env: flags.env,
        artifactId: artifactOf(flags),
        ...(flags.app !== undefined && { app: flags.app }),
      })),
    );
};

const HELP = `${WAIT_HELP}
${examples(
  'gimlet release --artifact-id ID --env production --wait',
  'gimlet release make -a ID -e production --app webapp',
  'gimlet release make -a ID -e production --dry-run',
)}`;

function artifactOf({ artifact, artifactId }: MakeFlags): string {
  const id = artifact ?? artifactId;
  if (!id)
    throw new UsageError('Which artifact? Give --artifact (or --artifact-id).', {
      hint: 'gimlet artifact list shows them.',
    });
  if (artifact !== undefined && artifactId !== undefined && artifact !== artifactId) {
    throw new UsageError('--artifact and --artifact-id are the same flag: give one of them.');
  }
  return id;
}

import { UsageError } from '../cli-error.ts';
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

interface MakeFlags extends JsonFlag, WaitFlags, DryRunFlag {
  readonly artifact?: string;
  readonly artifactId?: string;
  readonly env: string;
  readonly app?: string;
  readonly overrideFreeze?: string;
}

export const releaseMake: DefineCommand = (command, run) => {
  command
    .option('-a, --artifact <id>', 'artifact to release')
    .option('--artifact-id <id>', 'the same')
    .requiredOption('-e, --env <name>', 'environment to release it to')
    .option(
      '--app <name>',
      'only this app; without it, every manifest that the artifact has for the environment',
    )
    .option('--override-freeze <reason>', 'also while the environment is frozen; says why')
    .addOption(dryRunOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: MakeFlags) =>
      run({ json: flags.output === 'json' }, async (tools) => {
        const { env, app, overrideFreeze } = flags;
        const body = {
          env,
          artifactId: artifactOf(flags),
          ...(app === undefined ? {} : { app }),
          ...(overrideFreeze === undefined ? {} : { overrideFreeze }),
        };
        if (flags.dryRun) return preview(tools, flags, 'requestRelease', body);
        return askAndFollow(tools, flags, (client, key) => client.requestRelease(body, key));
      }),
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

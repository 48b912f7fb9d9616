import { UsageError } from '../cli-error.ts';
import {
  type DefineCommand,
  examples,
  type JsonFlag,
  jsonOption,
  timeoutOption,
  type WaitFlags,
  waitOption,
} from '../command.ts';
import { exitCodeOf, follow } from '../follow/follow.ts';
import { Narrator } from '../follow/narrator.ts';

interface MakeFlags extends JsonFlag, WaitFlags {
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
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: MakeFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { env, app, overrideFreeze } = flags;
        const artifactId = artifactOf(flags);
        const client = await api();
        const startedAt = world.now();
        const body = {
          env,
          artifactId,
          ...(app === undefined ? {} : { app }),
          ...(overrideFreeze === undefined ? {} : { overrideFreeze }),
        };
        const narrator = new Narrator(output, world.now);
        const request = await client.requestRelease(body, world.newId());
        narrator.requested(request);
        if (!flags.wait) {
          output.answer(request, () => {
            output.say(output.colours.dim(`How far it is: gimlet release show ${request.id}`));
          });
          return;
        }
        const deadline = startedAt + flags.timeout;
        const releaseIds = request.releases.map(({ id }) => id);
        const result = await follow({ releaseIds }, { api: client, world, narrator, deadline });
        output.answer({ request, ...result }, () => narrator.sum(result));
        return exitCodeOf(result);
      }),
    );
};

const HELP = `
With --wait the exit code is 0 when every release was written, 1 when one failed, was held or superseded by a newer one,
and 3 when the time ran out.
${examples(
  'gimlet release --artifact-id ID --env production --wait',
  'gimlet release make -a ID -e production --app webapp',
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

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
import { printable } from '../output/printable.ts';

interface PushFlags extends JsonFlag, WaitFlags {
  readonly file: string;
  readonly check?: true;
}

export const artifactPush: DefineCommand = (command, run) => {
  command
    .requiredOption('-f, --file <file>', 'artifact file to push')
    .option('--check', 'have the server render its manifests first, and refuse it if one can not be')
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: PushFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { readArtifactFile } = await import('../artifact/artifact-file.ts');
        const { text } = await readArtifactFile(flags.file);
        const client = await api();
        const startedAt = world.now();
        const narrator = new Narrator(output, world.now);
        const { artifact, known, reader } = await client.pushArtifact(text, { check: flags.check });
        narrator.accepted(artifact, known);
        if (!flags.wait) {
          output.answer(artifact, () => {
            output.say(
              output.colours.dim(
                `Why it is released or not: gimlet policy explain --artifact ${quoted(artifact.id)}`,
              ),
            );
          });
          return;
        }
        const deadline = startedAt + flags.timeout;
        const result = await follow({ artifactId: artifact.id }, { api: reader, world, narrator, deadline });
        output.answer({ artifact, ...result }, () => narrator.sum(result));
        return exitCodeOf(result);
      }),
    );
};

const HELP = `
Pushing the same artifact again is safe: the server knows it by its id.

In a GitHub Actions job that may ask for its identity ("permissions: {id-token: write}"), and in a GitLab job with an
id_tokens entry GIMLET_ID_TOKEN, no token is needed where a trust policy lets the job in: gimlet admin trust add --help.
A token in GIMLET_TOKEN is used before it.

With --check a manifest that can't be rendered fails here, with its field, and not when it is released. Manifests whose
variables are not all in the artifact are passed over.

With --wait the exit code is 0 when every release of it was written (or no policy asked for one), 1 when one failed, was
held, restricted or superseded by a newer one, when a manifest is invalid or there is none at all, and 3 when the time ran
out. As long as a release waits, its place in the queue is told.
${examples('gimlet artifact push -f artifact.json --check --wait --timeout 10m')}`;

/** As it can be typed into a shell. */
function quoted(id: string): string {
  return /^[\w./:@-]+$/.test(id) ? id : `'${printable(id).replaceAll("'", "'\\''")}'`;
}

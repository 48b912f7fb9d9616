import {
  type DefineCommand,
  examples,
  type JsonFlag,
  jsonOption,
  timeoutOption,
  type WaitFlags,
  waitOption,
} from '../command.ts';
import { track } from '../follow/track.ts';

export const artifactTrack: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of an artifact')
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: string, flags: JsonFlag & WaitFlags) =>
      run({ json: flags.output === 'json' }, (tools) =>
        track(tools, flags, {
          look: (client) => client.trackArtifact(id),
          followed: async () => ({ artifactId: id }),
        }),
      ),
    );
};

const HELP = `
Shows what policies made of it. The exit code is 1 when any of it failed, or when nothing of it was released.
${examples('gimlet artifact track ID', 'gimlet artifact track ID --wait')}`;

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

export const releaseTrack: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nThe exit code is 1 when any of it failed.\n${examples('gimlet release track ID --wait')}`,
    )
    .action((id: string, flags: JsonFlag & WaitFlags) =>
      run({ json: flags.output === 'json' }, (tools) =>
        track(tools, flags, {
          look: (client) => client.trackRelease(id),
          followed: async (client) => {
            const found = await client.release(id);
            return { releaseIds: found.type === 'release' ? [id] : found.releases.map((one) => one.id) };
          },
        }),
      ),
    );
};

import { showToken } from '../access/show-token.ts';
import { secondsArgument } from '../access/token-age.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

interface RotateFlags extends JsonFlag {
  /** Seconds. */
  readonly overlap?: number;
  /** Seconds. */
  readonly expiresIn?: number;
}

export const adminTokenRotate: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'of the token; `gimlet admin token list` shows it')
    .option(
      '--overlap <duration>',
      'how long the one before goes on: 0s to 7d (default: 1d)',
      secondsArgument,
    )
    .option('--expires-in <duration>', 'how long the new one lasts (default: 90d)', secondsArgument)
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin token rotate 3k9x0a1b2c3d --overlap 2h'))
    .action((id: string, flags: RotateFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const { overlap, expiresIn } = flags;
        const body = { overlapSeconds: overlap, expiresInSeconds: expiresIn };
        showToken(await (await api()).rotateToken(id, body), output);
      }),
    );
};

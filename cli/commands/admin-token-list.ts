import type { TokenAnswer } from '../../shared/contract/tokens.ts';
import { grantText } from '../access/grant-text.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { agoOf, timeText } from '../output/version-text.ts';

export const adminTokenList: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin token list', 'gimlet admin token list -o json'))
    .action(({ output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const tokens = await (await api()).tokens();
        output.answer(tokens, () => {
          output.table(
            HEAD,
            tokens.map((token) => rowOf(token, world.now())),
          );
        });
      }),
    );
};

const HEAD = ['ID', 'NAME', 'STATE', 'ENDS', 'LAST USED', 'MAY'];

function rowOf({ id, name, state, expires, lastUsed, grants }: TokenAnswer, now: number): string[] {
  const used = lastUsed === undefined ? 'never' : agoOf(lastUsed * 1000, now);
  return [id, name, state, timeText(expires * 1000), used, grants.map(grantText).join(' | ')];
}

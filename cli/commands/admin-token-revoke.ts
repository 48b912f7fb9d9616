import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

export const adminTokenRevoke: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'of the token; `gimlet admin token list` shows it')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin token revoke 3k9x0a1b2c3d'))
    .action((id: string, { output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const token = await (await api()).revokeToken(id);
        output.answer(token, () =>
          output.say(`Token ${token.id} of ${token.name} is no more, within a minute.`),
        );
      }),
    );
};

import { grantText } from '../access/grant-text.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

export const whoami: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet whoami', 'gimlet whoami -o json'))
    .action(({ output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const user = await (await api()).user();
        output.answer(user, () => {
          output.say(`${user.name} (${user.kind} ${user.id})`);
          for (const grant of user.grants) output.say(`  ${grantText(grant)}`);
        });
      }),
    );
};

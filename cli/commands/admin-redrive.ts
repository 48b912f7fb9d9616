import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';

export const adminRedrive: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
For after an incident: what was sent and had no effect is sent again at once, instead of at its next time (up to an
hour). Dead letters are taken away, since the table knows what they asked for; those that nobody understands stay.
It is safe to repeat.
${examples('gimlet admin redrive')}`,
    )
    .action((flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).redrive();
        output.answer(answer, () => {
          output.say(`${answer.sent} sent again, ${answer.removed} dead letters taken away.`);
          for (const { queue, body } of answer.kept) {
            output.say(`Not understood, and left in the dead-letter queue of ${queue}: ${printable(body)}`);
          }
        });
      }),
    );
};

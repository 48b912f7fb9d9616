import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { sayChanged } from '../output/changed-releases.ts';

export const releaseCancel: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).cancel(id);
        output.answer(answer, () => sayChanged(answer, output));
      }),
    );
};

const HELP = `
Possible until the writer has it; after that \`gimlet release rollback\` goes back to what was before.
${examples('gimlet release cancel ID')}`;

import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { sayChanged } from '../output/changed-releases.ts';

interface RejectFlags extends JsonFlag {
  readonly reason: string;
}

export const releaseReject: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .requiredOption('--reason <text>', 'why, for whoever asked and the audit trail')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: string, flags: RejectFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).settle('rejectRelease', id, flags.reason);
        output.answer(answer, () => sayChanged(answer, output));
      }),
    );
};

const HELP = `
One is enough, and it is final: what is wanted all the same has to be asked for again.
${examples('gimlet release reject ID --reason "not before the migration"')}`;

import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { sayChanged } from '../output/changed-releases.ts';

interface ApproveFlags extends JsonFlag {
  readonly reason?: string;
}

export const releaseApprove: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .option('--reason <text>', 'why, for the audit trail')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: string, flags: ApproveFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const answer = await (await api()).settle('approveRelease', id, flags.reason);
        output.answer(answer, () => sayChanged(answer, output));
      }),
    );
};

const HELP = `
With the last approval that it needs a release begins. Whoever asked for it or wrote its commit can't approve it, and
approving twice is approving once. \`gimlet release waiting\` shows what waits.
${examples('gimlet release approve ID --reason "tested on staging"')}`;

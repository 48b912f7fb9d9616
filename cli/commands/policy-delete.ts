import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { type VersionFlag, versionOption } from '../policy/put-policy.ts';

type DeleteFlags = JsonFlag & VersionFlag;

export const policyDelete: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'policy, as `gimlet policy list` shows it')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet policy delete auto-release/staging/webapp'))
    .action((id: string, flags: DeleteFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const deleted = await (await api()).deletePolicy(id, flags.ifVersion);
        output.answer(deleted, () => output.say(`Deleted ${printable(deleted.id)}.`));
      }),
    );
};

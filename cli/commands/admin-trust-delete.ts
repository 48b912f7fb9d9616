import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { type VersionFlag, versionOption } from '../policy/put-policy.ts';

type DeleteFlags = JsonFlag & VersionFlag;

export const adminTrustDelete: DefineCommand = (command, run) => {
  command
    .argument('<name>', 'trust policy, as `gimlet admin trust list` shows it')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin trust delete shop'))
    .action((name: string, flags: DeleteFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const deleted = await (await api()).deleteTrust(name, flags.ifVersion);
        output.answer(deleted, () =>
          output.say(`Deleted ${printable(deleted.name)}: within a minute its jobs are let in no more.`),
        );
      }),
    );
};

import { trustText } from '../access/trust-text.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { agoOf } from '../output/version-text.ts';

export const adminTrustList: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin trust list'))
    .action((flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const trusts = await (await api()).trusts();
        output.answer(trusts, () => {
          if (trusts.length === 0) output.say('No trust policies: every CI job needs a token.');
          output.table(
            ['NAME', 'WHAT', 'BY', 'CHANGED'],
            trusts.map((trust) => [
              trust.name,
              trustText(trust),
              trust.changedBy,
              agoOf(trust.changedAt, world.now()),
            ]),
          );
        });
      }),
    );
};

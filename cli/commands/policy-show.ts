import type { PolicyAnswer } from '../../shared/contract/policies.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { timeText } from '../output/version-text.ts';
import { policyText } from '../policy/policy-text.ts';

export const policyShow: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'policy, as `gimlet policy list` shows it')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet policy show auto-release/staging/webapp'))
    .action((id: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const policy = await (await api()).policy(id);
        output.answer(policy, () => {
          const version = policy.version === undefined ? 'set by the operator' : `version ${policy.version}`;
          output.say(`${output.colours.bold(printable(policy.id))}  ${version}`);
          output.say(`  ${printable(policyText(policy))}`);
          output.table(HEAD, historyRows(policy));
        });
      }),
    );
};

const HEAD = ['VERSION', 'WHEN', 'WHO', 'WHAT', 'POLICY'];

/** Newest first. */
function historyRows({ id, origin, history = [] }: PolicyAnswer): string[][] {
  return history
    .map(({ version, changedAt, changedBy, action, policy }) => [
      String(version),
      timeText(changedAt),
      changedBy,
      action,
      policy === undefined ? '' : policyText({ ...policy, id, origin }),
    ])
    .reverse();
}

import type { HoldAnswer } from '../../shared/contract/holds.ts';
import type { PolicyAnswer } from '../../shared/contract/policies.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { agoOf, timeText } from '../output/version-text.ts';
import { policyText } from '../policy/policy-text.ts';

interface ListFlags extends JsonFlag {
  readonly env?: string;
  readonly app?: string;
}

export const policyList: DefineCommand = (command, run) => {
  command
    .option('-e, --env <name>', 'only what concerns this environment')
    .option('--app <name>', 'only what concerns this app')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet policy list --env production', 'gimlet policy list -o json'))
    .action(({ output: format, env, app }: ListFlags) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const client = await api();
        const [policies, allHolds] = await Promise.all([client.policies({ env, app }), client.holds()]);
        const holds = allHolds.filter(
          (hold) => hold.env === (env ?? hold.env) && hold.app === (app ?? hold.app),
        );
        output.answer({ policies, holds }, () => {
          if (policies.length + holds.length === 0) output.say('No policies and no holds.');
          const rows = [
            ...policies.map((policy) => policyRow(policy, world.now())),
            ...holds.map((hold) => holdRow(hold, world.now())),
          ];
          output.table(HEAD, rows);
        });
      }),
    );
};

const HEAD = ['ID', 'WHAT', 'BY', 'CHANGED'];

function policyRow(policy: PolicyAnswer, now: number): string[] {
  const { id, changedBy = 'the operator', changedAt } = policy;
  return [id, policyText(policy), changedBy, changedAt === undefined ? 'settings' : agoOf(changedAt, now)];
}

function holdRow({ env, app, owner, reason, since, until }: HoldAnswer, now: number): string[] {
  const end = until === undefined ? '' : `, until ${timeText(until)}`;
  return [`hold ${env}/${app}`, `${reason}${end}`, owner, agoOf(since, now)];
}

import type { AuditEntryAnswer } from '../../shared/contract/audit.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { limitOption, timeOptions } from '../list-options.ts';
import { timeText } from '../output/version-text.ts';

interface ListFlags extends JsonFlag {
  readonly limit: number;
  readonly since?: string;
  readonly until?: string;
  readonly actor?: string;
  readonly app?: string;
  readonly env?: string;
  readonly action?: string;
  readonly object?: string;
}

export const auditList: DefineCommand = (command, run) => {
  command
    .option('--actor <name>', 'only what this one wanted: a name, policy, function:writer')
    .option('-e, --env <name>', 'only what concerns this environment')
    .option('--app <name>', 'only what concerns this app')
    .option('--action <name>', 'only this action, or all of a kind: release.cancel, policy')
    .option('--object <name>', 'only what was done to this: release/rel-…, target/production/webapp');
  for (const option of timeOptions()) command.addOption(option);
  command
    .addOption(limitOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: ListFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const { output: _format, limit, ...filters } = flags;
        const entries = await (await api()).audit(filters, limit);
        output.answer(entries, () => {
          if (entries.length === 0) output.say('Nothing is sealed that fits.');
          output.table(HEAD, entries.map(row));
        });
      }),
    );
};

const HELP = `
An entry is there as soon as it is sealed: within a minute or so of what it is about.
${examples(
  'gimlet audit list --app webapp --env production --since 24h',
  'gimlet audit list --actor jane --action release',
)}`;

const HEAD = ['WHEN', 'WHO', 'WHAT', 'OBJECT', 'OUTCOME', 'FROM', 'WHY'];

function row({ at, actor, action, object, outcome, from, reason = '' }: AuditEntryAnswer): string[] {
  return [timeText(at), actor, action, object, outcome, from.ip ?? from.function, reason];
}

import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { limitOption } from '../list-options.ts';
import { printable } from '../output/printable.ts';
import { timeText } from '../output/version-text.ts';
import { printChanges } from '../settings/print-changes.ts';

interface HistoryFlags extends JsonFlag {
  readonly limit: number;
}

export const adminSettingsHistory: DefineCommand = (command, run) => {
  command
    .addOption(limitOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin settings history --limit 3'))
    .action(({ limit, output: format }: HistoryFlags) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const versions = await (await api()).settingsHistory(limit);
        output.answer(versions, () => {
          if (versions.length === 0) output.say('No settings are stored: those that were deployed hold.');
          for (const { version, changedBy, changedAt, changes } of versions) {
            output.say(
              output.colours.bold(printable(`version ${version}, ${changedBy}, ${timeText(changedAt)}`)),
            );
            printChanges(changes, output);
          }
        });
      }),
    );
};

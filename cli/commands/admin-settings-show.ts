import { InvalidArgumentError } from 'commander';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';

export const adminSettingsShow: DefineCommand = (command, run) => {
  command
    .argument('[version]', 'as they were stored then, with what is deployed now', versionArgument)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'gimlet admin settings show > settings.yaml      # change it, then: gimlet admin settings apply -f settings.yaml',
        'gimlet admin settings show 3',
      ),
    )
    .action((version: number | undefined, { output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const { formatSettings } = await import('../settings/settings-file.ts');
        const settings = await (await api()).settings(version);
        output.answer(settings, () => output.say(printable(formatSettings(settings)).trimEnd()));
        // On stderr with -o json, and a comment in a file: the settings stay what they are for a program.
        for (const { path, message } of settings.problems)
          output.say(printable(`# Problem: ${path}: ${message}`));
      }),
    );
};

function versionArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    'Write the number of a version, as `gimlet admin settings history` lists them.',
  );
}

import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { printChanges } from '../settings/print-changes.ts';

interface ApplyFlags extends JsonFlag {
  readonly file: string;
  readonly dryRun?: true;
}

export const adminSettingsApply: DefineCommand = (command, run) => {
  command
    .requiredOption('-f, --file <file>', 'settings, YAML or JSON')
    .option('--dry-run', 'check them and show what would change, without storing them')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ file, dryRun: only, output: format }: ApplyFlags) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        const dryRun = only === true;
        const { readSettingsFile } = await import('../settings/settings-file.ts');
        const { version, settings } = await readSettingsFile(file);
        const changed = await (await api()).putSettings(settings, { dryRun, version });
        output.answer(changed, () => {
          const { changes, version: now } = changed;
          if (changes.length === 0) output.say(`Nothing to change: ${nameOf(now)} says all of it.`);
          else output.say(dryRun ? 'This would change:' : `Stored as version ${now}:`);
          printChanges(changes, output);
        });
        for (const warning of changed.warnings)
          output.say(output.colours.yellow(printable(`Mind: ${warning}`)));
      }),
    );
};

function nameOf(version: number): string {
  return version === 0 ? 'what is deployed' : `version ${version}`;
}

const HELP = `
The file replaces what is stored: what it leaves out goes back to its default, or to what is deployed. Its \`version\`,
which \`show\` writes, is the one that was looked at: if others have changed the settings since, nothing is stored.
Without \`version\` it replaces whatever is there. Functions go by it within seconds.
${examples('gimlet admin settings apply -f settings.yaml --dry-run', 'gimlet admin settings apply -f settings.yaml')}`;

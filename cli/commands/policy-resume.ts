import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printHold } from '../policy/hold-text.ts';

interface ResumeFlags extends JsonFlag {
  readonly app: string;
  readonly env: string;
  readonly dryRun?: true;
  /** With `--no-release`. */
  readonly release?: false;
}

export const policyResume: DefineCommand = (command, run) => {
  command
    .requiredOption('--app <name>', 'app')
    .requiredOption('-e, --env <name>', 'environment')
    .option('--dry-run', 'only say what would be released')
    .option('--no-release', 'only end the hold: what waited is forgotten')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'gimlet policy resume --app webapp --env production --dry-run',
        'gimlet policy resume --app webapp --env production',
      ),
    )
    .action((flags: ResumeFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const release = flags.release !== false;
        if (flags.dryRun && !release) {
          throw new UsageError(
            '--dry-run says what would be released, --no-release releases nothing: give one.',
          );
        }
        const client = await api();
        const hold = flags.dryRun ? await client.hold(flags) : await client.resume(flags, release);
        output.answer(hold, () => {
          if (!flags.dryRun) output.say('Automation goes on.');
          printHold(hold, output);
        });
      }),
    );
};

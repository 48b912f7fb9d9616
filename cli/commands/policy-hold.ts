import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { timeText } from '../output/version-text.ts';
import { printHold } from '../policy/hold-text.ts';
import { untilArgument } from '../policy/until.ts';

interface HoldFlags extends JsonFlag {
  readonly app: string;
  readonly env: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly until?: string;
}

export const policyHold: DefineCommand = (command, run) => {
  command
    .requiredOption('--app <name>', 'app')
    .requiredOption('-e, --env <name>', 'environment')
    .requiredOption('--reason <text>', 'why')
    .option(
      '--until <time>',
      'when it ends by itself: an RFC 3339 time, or how long from now: 8h',
      untilArgument,
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples("gimlet policy hold --app webapp --env production --reason 'load test' --until 4h"),
    )
    .action((flags: HoldFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { app, env, reason, until } = flags;
        const body = { reason, ...(until !== undefined && { until }) };
        const hold = await (await api()).putHold({ app, env }, body);
        output.answer(hold, () => {
          printHold(hold, output);
          const left = hold.until !== undefined && hold.until > world.now();
          if (left) output.say(`It ends by itself at ${timeText(hold.until ?? 0)}.`);
        });
      }),
    );
};

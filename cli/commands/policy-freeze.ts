import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { parseDuration } from '../duration.ts';
import { putPolicy, type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface FreezeFlags extends JsonFlag, VersionFlag {
  readonly env: string;
  readonly name: string;
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
  readonly schedule?: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly timeZone?: string;
}

export const policyFreeze: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .requiredOption('--name <name>', 'what the freeze is called')
    .requiredOption('--reason <text>', 'why')
    .option('--from <time>', 'RFC 3339; with --until')
    .option('--until <time>', 'RFC 3339')
    .option('--schedule <cron>', 'when it begins: minute hour day-of-month month day-of-week; with --for')
    .addOption(new Option('--for <duration>', 'how long it lasts: 8h, 2d').argParser(durationArgument))
    .option('--time-zone <name>', 'of the schedule: Europe/Budapest (default: UTC)')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: FreezeFlags) =>
      run({ json: flags.output === 'json' }, (tools) =>
        putPolicy(tools, `freeze/${flags.env}/${flags.name}`, { freeze: windowOf(flags) }, flags),
      ),
    );
};

const HELP = `
Nothing is released meanwhile, by policies or by hand; what policies ask for is released when it ends, unless there is
something newer then. Clocks that are put forward or back don't change how long it lasts.
${examples(
  'gimlet policy freeze --env production --name holidays --reason holidays --from 2026-12-23T16:00:00Z --until 2027-01-02T08:00:00Z',
  "gimlet policy freeze --env production --name weekends --reason 'nobody is there' --schedule '0 16 * * fri' --for 64h --time-zone Europe/Budapest",
)}`;

function windowOf({ from, until, schedule, for: lasts, timeZone = 'UTC', reason }: FreezeFlags): object {
  if (schedule === undefined && from !== undefined && until !== undefined) return { from, until, reason };
  if (schedule !== undefined && lasts !== undefined && from === undefined && until === undefined) {
    return { schedule, durationMinutes: lasts / 60_000, timeZone, reason };
  }
  throw new UsageError('When? Give --from and --until, or --schedule and --for.');
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms % 60_000 !== 0) throw new InvalidArgumentError('Write it as 90m, 8h or 2d.');
  return ms;
}

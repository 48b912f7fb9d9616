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
    .option('--from <time>', 'when it begins, RFC 3339 (default: now); with --until or --for')
    .option('--until <time>', 'when it ends, RFC 3339')
    .option(
      '--schedule <cron>',
      'when it begins again and again: minute hour day-of-month month day-of-week; with --for',
    )
    .addOption(new Option('--for <duration>', 'how long it lasts: 8h, 2d').argParser(durationArgument))
    .option('--time-zone <name>', 'of the schedule: Europe/Budapest (default: UTC)')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: FreezeFlags) =>
      run({ json: flags.output === 'json' }, (tools) => {
        const freeze = windowOf(flags, tools.world.now());
        return putPolicy(tools, `freeze/${flags.env}/${flags.name}`, { freeze }, flags);
      }),
    );
};

const HELP = `
Nothing is released meanwhile, by policies or by hand; what policies ask for is released when it ends, unless there is
something newer then. Clocks that are put forward or back don't change how long it lasts.
${examples(
  "gimlet policy freeze --env production --name incident --reason 'the database is slow' --for 2h",
  'gimlet policy freeze --env production --name holidays --reason holidays --from 2026-12-23T16:00:00Z --until 2027-01-02T08:00:00Z',
  "gimlet policy freeze --env production --name weekends --reason 'nobody is there' --schedule '0 16 * * fri' --for 64h --time-zone Europe/Budapest",
)}`;

/** @param now unix milliseconds, when one begins that has no other beginning */
function windowOf(flags: FreezeFlags, now: number): object {
  const { from, until, schedule, for: lasts, timeZone = 'UTC', reason } = flags;
  if (schedule !== undefined) {
    if (lasts === undefined || from !== undefined || until !== undefined)
      throw new UsageError(
        'A schedule needs --for, how long each freeze lasts, and neither --from nor --until.',
      );
    return { schedule, durationMinutes: lasts / 60_000, timeZone, reason };
  }
  if ((until === undefined) === (lasts === undefined))
    throw new UsageError('Until when? Give --for, or --until; or a --schedule with --for.');
  const start = from ?? new Date(now).toISOString();
  return { from: start, until: until ?? endOf(start, lasts ?? 0), reason };
}

function endOf(from: string, lasts: number): string {
  const start = Date.parse(from);
  if (Number.isNaN(start)) throw new UsageError(`--from: write ${from} as 2026-01-31T09:00:00Z.`);
  return new Date(start + lasts).toISOString();
}

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms % 60_000 !== 0) throw new InvalidArgumentError('Write it as 90m, 8h or 2d.');
  return ms;
}

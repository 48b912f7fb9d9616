import { InvalidArgumentError, Option } from 'commander';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { parseDuration } from '../duration.ts';
import { putPolicy, type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface AutoPromoteFlags extends JsonFlag, VersionFlag {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  /** Milliseconds. */
  readonly after: number;
}

export const policyAutoPromote: DefineCommand = (command, run) => {
  command
    .requiredOption('--app <name>', 'app')
    .requiredOption('--from <env>', 'where it runs')
    .requiredOption('--to <env>', 'where it is released to then')
    .addOption(
      new Option('--after <duration>', 'how long it must have run: 30m, 2h, 1d')
        .argParser(durationArgument)
        .makeOptionMandatory(),
    )
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: AutoPromoteFlags) =>
      run({ json: flags.output === 'json' }, (tools) => {
        const { app, from, to, after } = flags;
        return putPolicy(tools, `auto-promote/${from}/${app}/${to}`, { afterSeconds: after / 1000 }, flags);
      }),
    );
};

const HELP = `
A newer release, or a hold such as a rollback leaves, begins it anew.
${examples('gimlet policy auto-promote --app webapp --from staging --to production --after 30m')}`;

function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Write it as 30m, 2h or 1d.');
  return ms;
}

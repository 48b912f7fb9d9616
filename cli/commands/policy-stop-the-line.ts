import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { putPolicy, type VersionFlag, versionOption } from '../policy/put-policy.ts';

interface StopFlags extends JsonFlag, VersionFlag {
  readonly reason: string;
}

export const policyStopTheLine: DefineCommand = (command, run) => {
  command
    .requiredOption('--reason <text>', 'why')
    .addOption(versionOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: StopFlags) =>
      run({ json: flags.output === 'json' }, (tools) =>
        putPolicy(tools, 'stop-the-line', { reason: flags.reason }, flags),
      ),
    );
};

const HELP = `
Releases by hand and rollbacks go on. Deleting the policy starts the line again; what waited is released then.
${examples("gimlet policy stop-the-line --reason 'incident 42'", 'gimlet policy delete stop-the-line')}`;

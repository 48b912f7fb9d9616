import { Argument } from 'commander';
import type { PolicyAnswer } from '../../shared/contract/policies.ts';
import { UsageError } from '../cli-error.ts';
import { ApiError } from '../client/api-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { timeText } from '../output/version-text.ts';

interface KillSwitchFlags extends JsonFlag {
  readonly reason?: string;
}

const ID = 'kill-switch';

export const adminKillSwitch: DefineCommand = (command, run) => {
  command
    .addArgument(new Argument('<state>', 'what to do').choices(['on', 'off', 'status']))
    .option('--reason <text>', 'why (with on)')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((state: 'on' | 'off' | 'status', { output: format, reason }: KillSwitchFlags) =>
      run({ json: format === 'json' }, async ({ api, output }) => {
        if (state === 'on' && reason === undefined) throw new UsageError('Say why: --reason TEXT.');
        const client = await api();
        if (state === 'on') return tell(await client.putPolicy(ID, { reason }), output);
        const stored = await client.policy(ID).catch(noneIfUnknown);
        if (state === 'status' || stored === undefined) return tell(stored, output);
        await client.deletePolicy(ID, stored.version).catch(noneIfUnknown);
        return tell(undefined, output);
      }),
    );
};

const HELP = `
While it is on nothing is written to any GitOps repo: not by policies, not by hand, no rollback. What is rendered stays
ready, and is written within a minute when it is off again. \`gimlet policy show kill-switch\` tells who switched it on.
${examples("gimlet admin kill-switch on --reason 'the GitOps host is being moved'", 'gimlet admin kill-switch off')}`;

/** There is none, so writing is on. */
function noneIfUnknown(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}

function tell(stored: PolicyAnswer | undefined, output: Output): void {
  if (!stored) {
    output.answer({ on: false }, () => output.say('The kill switch is off: GitOps repos are written to.'));
    return;
  }
  const { reason, changedBy, changedAt = 0, version } = stored;
  output.answer({ on: true, reason, changedBy, changedAt, version }, () => {
    output.say(output.colours.bold('The kill switch is on: nothing is written to any GitOps repo.'));
    output.say(`  ${printable(`${reason} (${changedBy}, ${timeText(changedAt)})`)}`);
  });
}

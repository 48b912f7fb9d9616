import type { Command } from 'commander';
import type { RequestBodies, RequestOperation } from '../client/api-client.ts';
import {
  type DryRunFlag,
  dryRunOption,
  type JsonFlag,
  jsonOption,
  type Run,
  timeoutOption,
  type WaitFlags,
  waitOption,
} from '../command.ts';
import { preview } from '../preview/preview.ts';
import { askAndFollow } from './ask-and-follow.ts';

/** What every command that asks for releases has beside what it asks for. */
export interface RequestFlags extends JsonFlag, WaitFlags, DryRunFlag {
  readonly overrideFreeze?: string;
}

/** The options of those flags, at the end of a command's own. */
export function requestOptions(command: Command): Command {
  return command
    .option('--override-freeze <reason>', 'also while the environment is frozen; says why')
    .addOption(dryRunOption())
    .addOption(waitOption())
    .addOption(timeoutOption())
    .addOption(jsonOption());
}

/** Asks for releases, and follows them when told to; or shows what the request would come to. */
export function runRequest<O extends RequestOperation>(
  run: Run,
  flags: RequestFlags,
  operation: O,
  makeBody: () => RequestBodies[O],
): Promise<void> {
  const { output, overrideFreeze } = flags;
  return run({ json: output === 'json' }, async (tools) => {
    const body = { ...makeBody(), ...(overrideFreeze && { overrideFreeze }) };
    if (flags.dryRun) return preview(tools, flags, operation, body);
    return askAndFollow(tools, flags, (client, key) => client.request(operation, body, key));
  });
}

/** What the exit code tells, for help texts. */
export const WAIT_HELP = `
With --wait the exit code is 0 when every release was written, 1 when one failed, was held, rejected, cancelled or
superseded by a newer one, and 3 when the time ran out. With --dry-run it is 0 when nothing stands in the way, and 1 when something does.`;

import { type ConnectionFlags, isServerSet } from '../client/connection.ts';
import type { ServerVersion } from '../client/server-version.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';

export const version: DefineCommand = (command, run) => {
  command
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ output: format }: JsonFlag) =>
      run({ json: format === 'json' }, async ({ output, world }) => {
        const server = await ask(command.optsWithGlobals<ConnectionFlags>(), world);
        output.answer({ version: VERSION, ...(server && { server }) }, () => {
          output.say(VERSION);
          if (server === undefined) return;
          output.say(printable(`server ${server.version ?? 'unknown'} (${server.error ?? server.url})`));
        });
      }),
    );
};

/** What speaks to a server is loaded when one is set. */
async function ask(flags: ConnectionFlags, world: World): Promise<ServerVersion | undefined> {
  if (!isServerSet(flags, world.env)) return undefined;
  const { serverVersion } = await import('../client/server-version.ts');
  return serverVersion(flags, world);
}

const HELP = `
gimlet --version does the same. The first line is this program's version. Where a server is set, the second is the
server's; it is given two seconds, and that it does not answer is no failure.
${examples('gimlet --version', 'gimlet version -o json')}`;

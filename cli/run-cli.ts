import { CommanderError } from 'commander';
import type { Run, Tools } from './command.ts';
import { COMMAND_GROUPS, TOP_COMMANDS } from './command-list.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Output } from './output/output.ts';
import { makeProgram } from './program.ts';
import { reportError } from './report-error.ts';
import type { World } from './world.ts';

const FIRST_WORDS: ReadonlySet<string> = new Set(
  [...COMMAND_GROUPS, ...TOP_COMMANDS].map(({ name }) => name),
);

/** Runs one command line to its end. Never throws: what goes wrong is told on stderr and by the exit code. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  let output = new Output(world, false);
  let exitCode: ExitCode = EXIT.done;
  const run: Run = async ({ json }, work) => {
    output = await Output.open(world, json);
    const api: Tools['api'] = async () => {
      const { openApi } = await import('./client/open-api.ts');
      return openApi(program.opts(), world, output);
    };
    exitCode = (await work({ world, output, api })) ?? EXIT.done;
  };
  const program = makeProgram(world, run);
  try {
    await program.parseAsync(commandLine(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error);
    return await reportError(error, output, world);
  }
}

/** `gimlet help artifact push` is `gimlet artifact push --help`; `gimlet --version` is `gimlet version`. */
function commandLine(args: readonly string[]): string[] {
  if (args[0] === 'help') return [...args.slice(1), '--help'];
  const rest = args.filter((arg) => arg !== '--version' && arg !== '-V');
  const asksVersion = rest.length < args.length && !args.some((arg) => FIRST_WORDS.has(arg));
  return asksVersion ? ['version', ...rest] : [...args];
}

/** Help and version that were asked for are done; commander has told everything else on stderr already. */
function exitCodeOf({ code }: CommanderError): ExitCode {
  return code === 'commander.helpDisplayed' || code === 'commander.version' ? EXIT.done : EXIT.wrongUsage;
}

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
    if (error instanceof CommanderError) return ended(error, args, world);
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
function ended({ code, message }: CommanderError, args: readonly string[], world: World): ExitCode {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return EXIT.done;
  if (ASKS_JSON.test(args.join('\n'))) {
    const error = { code: 'wrong-usage', message: message.replace(/^error: /, ''), details: [] };
    new Output(world, true).json({ error });
  }
  return EXIT.wrongUsage;
}

/** What is wrong with a command line is found before its flags are known: an argument a line. */
const ASKS_JSON = /^(-o\n?json|--output[\n=]json|--json)$/m;

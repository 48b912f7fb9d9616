import { Command, type Option } from 'commander';
import { examples, type Run } from './command.ts';
import { COMMAND_GROUPS, type ListedCommand, SUBGROUPS, TOP_COMMANDS } from './command-list.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

/** The command line: a command's options and work are loaded when it is the one that is called. */
export function makeProgram(world: World, run: Run): Command {
  const loaders = new Map<Command, ListedCommand['load']>();
  const program = new Command('gimlet')
    .description('The command line of GimletD, the GitOps release manager.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--server <url>', 'URL of the server (default: GIMLET_SERVER)')
    .option('--token <token>', 'token to call it with (default: GIMLET_TOKEN, which keeps it out of logs)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for usage and examples)')
    .helpCommand(false)
    .helpOption('-h, --help', 'explain a command')
    .addHelpText('after', EXAMPLES)
    .hook('preSubcommand', async (_parent, subcommand) => load(subcommand));

  for (const group of COMMAND_GROUPS) {
    const parent = program
      .command(group.name)
      .description(group.summary)
      .hook('preSubcommand', async (_parent, subcommand) => load(subcommand));
    for (const { name, summary, isDefault = false, load } of group.commands) {
      const [last = name, subgroup] = name.split(' ').reverse();
      const owner = subgroup === undefined ? parent : subgroupOf(parent, subgroup);
      loaders.set(owner.command(last, { isDefault }).description(summary), load);
    }
  }
  for (const { name, summary, load } of TOP_COMMANDS) {
    loaders.set(program.command(name).description(summary), load);
  }
  return program;

  /** The group within a group that a command of two words belongs to. */
  function subgroupOf(parent: Command, name: string): Command {
    const known = parent.commands.find((command) => command.name() === name);
    if (known) return known;
    return parent
      .command(name)
      .description(SUBGROUPS[name] ?? '')
      .hook('preSubcommand', async (_parent, subcommand) => load(subcommand));
  }

  async function load(command: Command): Promise<void> {
    const define = await loaders.get(command)?.();
    if (define === undefined) return;
    loaders.delete(command);
    define(command, run);
    command.allowExcessArguments().hook('preAction', () => checkComplete(command));
    for (const option of command.options.filter(({ mandatory }) => mandatory)) required(command, option);
  }
}

/** Asks for an option only when all that was given is known to be right, so that a misspelt one is named first. */
function required(command: Command, option: Option): void {
  option.makeOptionMandatory(false);
  option.description += ' (required)';
  command.hook('preAction', () => {
    if (command.getOptionValue(option.attributeName()) !== undefined) return;
    command.error(`error: required option '${option.flags}' not specified`);
  });
}

/** The default command of a group is handed its misspelt commands, too. */
function checkComplete(command: Command): void {
  const extra = command.args[command.registeredArguments.length];
  if (extra === undefined) return;
  const siblings = (command.parent?.commands ?? []).map((sibling) => sibling.name()).join(', ');
  command.error(
    `error: '${extra}' is too much (the commands of '${command.parent?.name()}' are ${siblings})`,
  );
}

const EXAMPLES = examples(
  'gimlet artifact create -o artifact.json      # in a CI job: no flags needed',
  'gimlet artifact add -f artifact.json --envFile .gimlet/staging.yaml',
  'gimlet artifact push -f artifact.json --wait',
  'gimlet release --artifact-id ID --env production --wait',
  'gimlet release status --env production',
);

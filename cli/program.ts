import { Command, type Option } from 'commander';
import { examples, type Run } from './command.ts';
import { COMMAND_GROUPS, type ListedCommand, SUBGROUPS, TOP_COMMANDS } from './command-list.ts';
import { loadCommand, loadLater } from './tree/load-command.ts';
import { DEFAULT_COMMANDS, REQUIRED_OPTIONS } from './tree/marks.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

/** The command line: a command's options and work are loaded when it is the one that is called. */
export function makeProgram(world: World, run: Run): Command {
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
    .hook('preSubcommand', async (_parent, subcommand) => loadCommand(subcommand));

  for (const group of COMMAND_GROUPS) {
    const parent = program
      .command(group.name)
      .description(group.summary)
      .hook('preSubcommand', async (_parent, subcommand) => loadCommand(subcommand));
    for (const listed of group.commands) {
      const [last = listed.name, subgroup] = listed.name.split(' ').reverse();
      list(listed, last, subgroup === undefined ? parent : subgroupOf(parent, subgroup), run);
    }
  }
  for (const listed of TOP_COMMANDS) list(listed, listed.name, program, run);
  return program;
}

/** The group within a group that a command of two words belongs to. */
function subgroupOf(parent: Command, name: string): Command {
  const known = parent.commands.find((command) => command.name() === name);
  if (known) return known;
  return parent
    .command(name)
    .description(SUBGROUPS[name] ?? '')
    .hook('preSubcommand', async (_parent, subcommand) => loadCommand(subcommand));
}

/** Puts a command into the tree, by its name and what it is for. */
function list({ summary, isDefault, load }: ListedCommand, name: string, owner: Command, run: Run): void {
  const command = owner.command(name, { isDefault: isDefault === true }).description(summary);
  if (isDefault) DEFAULT_COMMANDS.add(command);
  loadLater(command, async () => {
    const define = await load();
    define(command, run);
    command.allowExcessArguments().hook('preAction', () => checkComplete(command));
    for (const option of command.options.filter(({ mandatory }) => mandatory)) required(command, option);
  });
}

/** Asks for an option only when all that was given is known to be right, so that a misspelt one is named first. */
function required(command: Command, option: Option): void {
  option.makeOptionMandatory(false);
  REQUIRED_OPTIONS.add(option);
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

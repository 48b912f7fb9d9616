import type { Command } from 'commander';
import { makeProgram } from '../../cli/program.ts';
import { allShapes, type CommandShape, shapeOf } from '../../cli/tree/command-shape.ts';
import { loadTree } from '../../cli/tree/load-command.ts';
import { processWorld } from '../../cli/world.ts';
import { CLI_INTRO } from './cli-intro.ts';
import { commandSection, nameOf } from './command-section.ts';
import { link, MADE_BY_SCRIPT, page, plain, sentence, table } from './markdown.ts';

/** docs/cli.md: every command of the CLI, grouped as its help groups them. */
export async function cliPage(): Promise<string> {
  const program = makeProgram(processWorld(), async () => {});
  await loadTree(program);
  const root = shapeOf(program);
  const groups = root.commands.filter(({ commands }) => commands.length > 0);
  const single = root.commands.filter(({ commands }) => commands.length === 0);
  const section = (shape: CommandShape) => commandSection(shape, notesOf(commandAt(program, shape)));
  return page(
    MADE_BY_SCRIPT,
    '# The command line',
    CLI_INTRO,
    '## Commands',
    table(
      ['', ''],
      [...groups.flatMap(leavesOf), ...single].map((shape) => [link(nameOf(shape)), plain(shape.summary)]),
    ),
    ...groups.flatMap((group) => [
      `## gimlet ${group.words.join(' ')}`,
      sentence(plain(group.summary)),
      ...leavesOf(group).flatMap(section),
    ]),
    '## Others',
    ...single.flatMap(section),
  );
}

function leavesOf(group: CommandShape): readonly CommandShape[] {
  return allShapes(group).filter(({ commands }) => commands.length === 0);
}

function commandAt(program: Command, { words }: CommandShape): Command {
  return words.reduce((parent, word) => {
    const child = parent.commands.find((command) => command.name() === word);
    if (child === undefined) throw new TypeError(`there is no command ${words.join(' ')}`);
    return child;
  }, program);
}

/** What the help of a command says after its flags. */
function notesOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help.slice(command.helpInformation().length);
}

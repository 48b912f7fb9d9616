import { COMMAND_GROUPS, TOP_COMMANDS } from '../../cli/command-list.ts';

/** Every command of the CLI by its words, without `gimlet`. */
export const COMMAND_NAMES: readonly string[] = [
  ...COMMAND_GROUPS.flatMap(({ name, commands }) => commands.map((command) => `${name} ${command.name}`)),
  ...TOP_COMMANDS.map(({ name }) => name),
];

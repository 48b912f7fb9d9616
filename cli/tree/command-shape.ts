import type { Argument, Command, Option } from 'commander';
import { DEFAULT_COMMANDS, REQUIRED_OPTIONS } from './marks.ts';

/** A command as it can be typed: for completion and for the reference. */
export interface CommandShape {
  /** Without `gimlet`, which has none. */
  readonly words: readonly string[];
  readonly summary: string;
  /** Its own, in the order of its help; of a group, those of its default command. `--help` is everyone's. */
  readonly flags: readonly FlagShape[];
  readonly operands: readonly OperandShape[];
  readonly commands: readonly CommandShape[];
  /** The last word of the command that runs when a group is called without one. */
  readonly defaultCommand?: string;
}

export interface FlagShape {
  /** With their dashes, the short one first: `-f`, `--file`. */
  readonly names: readonly string[];
  /** What is put after it, as the help calls it: `<file>`; none for a switch. */
  readonly value?: string;
  readonly summary: string;
  readonly choices: readonly string[];
  readonly required: boolean;
  /** As people would write it. */
  readonly standard?: string;
}

export interface OperandShape {
  readonly name: string;
  readonly required: boolean;
  readonly summary: string;
  readonly choices: readonly string[];
}

/** What a loaded command takes, with all below it. */
export function shapeOf(command: Command): CommandShape {
  const standIn = command.commands.find((child) => DEFAULT_COMMANDS.has(child));
  return {
    words: wordsOf(command),
    summary: command.description(),
    flags: [...command.options, ...(standIn?.options ?? [])].map(flagShape),
    operands: command.registeredArguments.map(operandShape),
    commands: command.commands.map(shapeOf),
    ...(standIn && { defaultCommand: standIn.name() }),
  };
}

/** A shape and all below it, in the order of the help. */
export function allShapes(shape: CommandShape): readonly CommandShape[] {
  return [shape, ...shape.commands.flatMap(allShapes)];
}

function wordsOf(command: Command): string[] {
  return command.parent ? [...wordsOf(command.parent), command.name()] : [];
}

function flagShape(option: Option): FlagShape {
  const { short, long, description, argChoices = [], defaultValue, defaultValueDescription } = option;
  const standard = defaultValueDescription ?? (typeof defaultValue === 'boolean' ? undefined : defaultValue);
  const value = /[<[].*[>\]]/.exec(option.flags)?.[0];
  return {
    names: [short, long].filter((name) => name !== undefined),
    ...(value !== undefined && { value }),
    summary: description.replace(/ \(required\)$/, ''),
    choices: argChoices,
    required: REQUIRED_OPTIONS.has(option),
    ...(standard !== undefined && { standard: String(standard) }),
  };
}

function operandShape(argument: Argument): OperandShape {
  return {
    name: argument.name(),
    required: argument.required,
    summary: argument.description,
    choices: argument.argChoices ?? [],
  };
}

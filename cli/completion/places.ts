import { allShapes, type CommandShape, type FlagShape } from '../tree/command-shape.ts';

/** A word that can be typed, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

/** What can be typed: one of these, a file, or what no shell can know. */
export type Candidates = readonly Candidate[] | 'files' | 'anything';

/** A command, as far as completion is concerned. */
export interface Place {
  /** Its words, with a space between them; of `gimlet` itself none. */
  readonly path: string;
  /** What comes first after it, when it is no flag. */
  readonly first: Candidates;
  readonly flags: readonly Candidate[];
  /** Of each flag that takes a value, by all its names. */
  readonly values: readonly { readonly names: readonly string[]; readonly candidates: Candidates }[];
}

const HELP: Candidate = { word: '--help', summary: 'explain the command' };
const HELP_COMMAND: Candidate = { word: 'help', summary: 'explain a command' };

/** Every command of the tree; the flags of `gimlet` itself that take a value can be given to each. */
export function placesOf(root: CommandShape): readonly Place[] {
  const global = root.flags.filter(({ value }) => value !== undefined);
  return allShapes(root).map((shape) => {
    const flags = shape === root ? shape.flags : [...shape.flags, ...global];
    return {
      path: shape.words.join(' '),
      first: firstOf(shape),
      flags: [...flags.flatMap(flagCandidates), HELP],
      values: flags.flatMap(({ names, value, choices }) =>
        value === undefined ? [] : [{ names, candidates: valuesOf(value, choices) }],
      ),
    };
  });
}

function firstOf({ commands, operands, words: path }: CommandShape): Candidates {
  const words = commands.map(({ words, summary }) => ({ word: words.at(-1) ?? '', summary }));
  if (words.length > 0) return path.length > 0 ? words : [...words, HELP_COMMAND];
  return operands.map(({ name, choices }) => valuesOf(name, choices))[0] ?? [];
}

function flagCandidates({ names, summary }: FlagShape): Candidate[] {
  return names.filter((name) => name.startsWith('--')).map((word) => ({ word, summary }));
}

function valuesOf(name: string, choices: readonly string[]): Candidates {
  if (choices.length > 0) return choices.map((word) => ({ word }));
  return /^\W*(file|path)\W*$/.test(name) ? 'files' : 'anything';
}

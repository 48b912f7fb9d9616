import type { CommandShape, FlagShape } from '../../cli/tree/command-shape.ts';
import { code, plain, sentence, table } from './markdown.ts';

/** A command in full. `notes` is what its help says after the flags. */
export function commandSection(shape: CommandShape, notes: string): (string | false)[] {
  const name = nameOf(shape);
  const operands = shape.operands.map((operand) =>
    operand.required ? `<${operand.name}>` : `[${operand.name}]`,
  );
  const [prose = '', examples = ''] = notes.split('\nExamples:\n');
  const rows = [
    ...shape.operands.map((operand, at) => [code(operands[at] ?? ''), about(operand)]),
    ...shape.flags.filter((flag) => !isStandard(flag)).map((flag) => [flagText(flag), about(flag)]),
  ];
  return [
    `### ${name}`,
    sentence(plain(shape.summary)),
    operands.length > 0 && code([name, ...operands].join(' ')),
    rows.length > 0 && table(['flag', ''], rows),
    paragraphs(prose),
    examples.trim() !== '' && fenced(examples.replace(/^ {2}\$ /gm, '')),
  ];
}

export function nameOf({ words }: CommandShape): string {
  return ['gimlet', ...words].join(' ');
}

/** `-o json`, which every command has. */
function isStandard({ names, choices }: FlagShape): boolean {
  return names.includes('--output') && choices.join() === 'json';
}

function flagText({ names, value = '' }: FlagShape): string {
  return names.map((name, at) => code(at === names.length - 1 ? `${name} ${value}`.trim() : name)).join(', ');
}

interface Described {
  readonly required: boolean;
  readonly summary: string;
  readonly choices: readonly string[];
  readonly standard?: string;
}

function about({ required, summary, choices, standard }: Described): string {
  const notes = [
    choices.length > 0 && `one of ${choices.map(code).join(', ')}`,
    standard !== undefined && `default ${code(standard)}`,
  ].filter((note) => note !== false);
  return `${required ? '**required**: ' : ''}${plain(summary)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** Paragraphs of a help text; what is laid out by spaces stays as it is. */
function paragraphs(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((part) => part.replace(/^\n+|\s+$/g, ''))
    .filter((part) => part !== '')
    .map((part) => (/ {2,}/.test(part) ? fenced(part) : plain(part)))
    .join('\n\n');
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text.replace(/^\n+|\s+$/g, '')}\n\`\`\``;
}

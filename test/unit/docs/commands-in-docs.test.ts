import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeProgram } from '../../../cli/program.ts';
import { allShapes, type CommandShape, shapeOf } from '../../../cli/tree/command-shape.ts';
import { loadTree } from '../../../cli/tree/load-command.ts';
import { processWorld } from '../../../cli/world.ts';
import { ROOT } from '../../../infra/bundle.ts';

const PAGES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

let root: CommandShape;
let commands: ReadonlyMap<string, CommandShape>;

beforeAll(async () => {
  const program = makeProgram(processWorld(), async () => {});
  await loadTree(program);
  root = shapeOf(program);
  commands = new Map(allShapes(root).map((shape) => [shape.words.join(' '), shape]));
});

/** What a reader may type: lines of blocks, and code within lines. */
function commandLines(markdown: string): string[] {
  const joined = markdown.replace(/\\\n\s*/g, ' ');
  const lines = joined.match(/^\s*(?:\$ )?gimlet .*$/gm) ?? [];
  const inline = joined.match(/`gimlet [^`]*`/g) ?? [];
  return [...lines.filter((line) => !line.includes('`')), ...inline.map((code) => code.slice(1, -1))].map(
    (line) =>
      line
        .trim()
        .replace(/^\$ /, '')
        .replace(/\s#.*$/, ''),
  );
}

/** What is wrong with a command line, as far as words and flags tell. */
function problemOf(line: string): string | undefined {
  const words = line
    .replace(/\s*[|>;&].*$/, '')
    .split(/\s+/)
    .slice(1);
  const plain = words[0] === 'help' ? words.slice(1) : words;
  let shape = root;
  for (const word of plain) {
    const next = commands.get([...shape.words, word].join(' '));
    if (next === undefined) break;
    shape = next;
  }
  const first = plain[shape.words.length];
  const isWord = first !== undefined && /^[a-z][a-z-]*$/.test(first);
  if (shape.commands.length > 0 && isWord) return `there is no command ${first}`;
  const known = new Set(['-h', '--help', '-V', '--version', ...root.flags.flatMap(({ names }) => names)]);
  for (const name of shape.flags.flatMap(({ names }) => names)) known.add(name);
  const flags = words.flatMap((word) => /^--?[a-zA-Z][\w-]*/.exec(word)?.[0] ?? []);
  const wrong = flags.find((flag) => !known.has(flag));
  return wrong === undefined ? undefined : `it takes no ${wrong}`;
}

describe('a command in the docs', () => {
  it.each(PAGES)('is one that gimlet takes: %s', (page) => {
    const lines = commandLines(readFileSync(join(ROOT, page), 'utf8'));
    const problems = lines.flatMap((line) => {
      const problem = problemOf(line);
      return problem === undefined ? [] : [`${line}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  it.each([
    ['gimlet artifact psuh -f x', 'there is no command psuh'],
    ['gimlet artifact push --fiel x', 'it takes no --fiel'],
    ['gimlet release -a ID -e production --wait', undefined],
    ['gimlet help artifact push', undefined],
  ])('is understood: %s', (line, problem) => {
    expect(problemOf(line)).toBe(problem);
  });
});

/** A block of a page that a test runs, checks, or writes to a file. */
export interface DocExample {
  /** Where it is, for people: `docs/releases.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
  /** `<!-- file: PATH -->`: it is a file of this name. */
  readonly file?: string;
  /** `<!-- settings -->`, `<!-- stage -->`: it is a document that GimletD takes. */
  readonly document?: 'settings' | 'stage';
  /** `<!-- run NAME=kind … -->`: what words of the text stand for. */
  readonly names: Readonly<Record<string, string>>;
}

const MARKED = /^<!-- (?:run ?(.*?)|file: (\S+)|(settings|stage)) -->\n(?:```(\w+)\n([\s\S]*?)^```$)?/gm;

/**
 * The marked blocks of a Markdown page, in their order.
 * @throws Error where a mark does not stand right before a fenced block, or is not understood
 */
export function readExamples(page: string, markdown: string): readonly DocExample[] {
  const examples = [...markdown.matchAll(MARKED)].map((match): DocExample => {
    const [, names = '', file, document, language, text] = match;
    const place = `${page}:${markdown.slice(0, match.index).split('\n').length}`;
    if (language === undefined || text === undefined)
      throw new Error(`${place}: a mark stands right before the block that it is about`);
    return {
      place,
      language,
      text,
      ...(file !== undefined && { file }),
      ...(document !== undefined && { document: document as 'settings' | 'stage' }),
      names: namesOf(names, place),
    };
  });
  const marks = markdown.match(/^<!-- (run|file|settings|stage)\b/gm) ?? [];
  if (marks.length !== examples.length) throw new Error(`${page}: a mark is not understood`);
  return examples;
}

function namesOf(text: string, place: string): Record<string, string> {
  const pairs = text.split(' ').filter((word) => word !== '');
  const parsed = pairs.map((pair) => /^([A-Z]+)=([\w-]+)$/.exec(pair));
  if (parsed.includes(null)) throw new Error(`${place}: write it as <!-- run ID=release -->`);
  return Object.fromEntries(parsed.map((match) => [match?.[1], match?.[2]]));
}

export interface ConsoleStep {
  readonly command: string;
  readonly output: readonly string[];
}

/** The commands of a `console` block, each after `$ `, and what is shown below them. */
export function consoleSteps(text: string): readonly ConsoleStep[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.trimEnd().split('\n');
      return { command, output };
    });
}

/**
 * Whether an output is what a page shows, but for what is another each time: times, hashes, numbers with a unit,
 * and spaces. `…` stands for anything in a line, a line of only that for any lines.
 */
export function isAsShown(shown: readonly string[], output: string): boolean {
  const pattern = shown.map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${linePattern(line)}\\s*\n`));
  return new RegExp(`^${pattern.join('')}$`).test(`${output.trimEnd()}\n`);
}

/**
 * The first line of a shortened output that the whole one does not have after those before it, as far as it is shown;
 * undefined when it has all of them.
 */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const lines = output.split('\n');
  let at = 0;
  for (const line of shown.filter((one) => !['', '…'].includes(one.trim()))) {
    const pattern = new RegExp(`^${linePattern(line)}`);
    const found = lines.findIndex((candidate, index) => index >= at && pattern.test(candidate));
    if (found === -1) return line;
    at = found + 1;
  }
  return undefined;
}

const VARIES: readonly (readonly [shown: RegExp, pattern: string])[] = [
  [/…/, '.*?'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ'],
  [/\d+(?:\.\d+)? (?:ms|s|min|h|d)\b/, '\\d+(?:\\.\\d+)? (?:ms|s|min|h|d)'],
  [/localhost:\d+/, 'localhost:\\d+'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/, '[0-9a-f]+'],
  [/\s+/, '\\s+'],
];

function linePattern(line: string): string {
  const parts = new RegExp(VARIES.map(([shown]) => `(${shown.source})`).join('|'), 'g');
  let pattern = '';
  let at = 0;
  for (const match of line.matchAll(parts)) {
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    pattern += escaped(line.slice(at, match.index)) + (VARIES[kind]?.[1] ?? '');
    at = match.index + match[0].length;
  }
  return pattern + escaped(line.slice(at));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

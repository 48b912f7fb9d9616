import { InvalidInputError } from '../errors/errors.ts';

/**
 * Globs of deploy policies, anchored and case-sensitive: `*` any run (it crosses `/`), `?` one character, `[abc]`,
 * `[a-z]`, `[!a]`, `{a,b}` (may nest), `\x` the character itself. Matching takes time in proportion to pattern × text,
 * whatever the pattern, because branch names and patterns come from strangers.
 */
export interface Glob {
  readonly matches: (text: string) => boolean;
}

export interface GlobOptions {
  /** `[` and `]` stand for themselves: commit message patterns look like `[DEPLOY: x]*`. */
  readonly literalBrackets?: boolean;
}

const MAX_PATTERN_LENGTH = 1_000;

type CharTest = (char: string) => boolean;

/** A state either consumes a character and goes on, or splits without consuming; the last one accepts. */
interface State {
  readonly test?: CharTest;
  readonly next: number[];
}

/** @throws InvalidInputError `bad-pattern`, saying what is wrong with the pattern and where. */
export function compileGlob(pattern: string, options: GlobOptions = {}): Glob {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw badPattern(pattern, `is longer than ${MAX_PATTERN_LENGTH} characters`);
  }
  const states = new GlobParser(pattern, options.literalBrackets === true).parse();
  return { matches: (text) => simulate(states, text) };
}

/** What is wrong with a pattern, or undefined when it compiles. */
export function globProblem(pattern: string, options: GlobOptions = {}): string | undefined {
  try {
    compileGlob(pattern, options);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}

/** Follows every path at once, one character at a time (Thompson). */
function simulate(states: readonly State[], text: string): boolean {
  let current = closure(states, [0]);
  for (const char of text) {
    const reached: number[] = [];
    for (const index of current) {
      const state = states[index];
      if (state?.test?.(char)) reached.push(...state.next);
    }
    current = closure(states, reached);
    if (current.size === 0) return false;
  }
  return current.has(states.length - 1);
}

function closure(states: readonly State[], start: readonly number[]): Set<number> {
  const seen = new Set(start);
  // A Set hands out what is added while it is walked, so this reaches everything.
  for (const index of seen) {
    const state = states[index];
    if (state && !state.test) for (const next of state.next) seen.add(next);
  }
  return seen;
}

class GlobParser {
  private readonly chars: readonly string[];
  private readonly states: State[] = [];
  private at = 0;
  private readonly pattern: string;
  private readonly literalBrackets: boolean;

  constructor(pattern: string, literalBrackets: boolean) {
    this.pattern = pattern;
    this.chars = [...pattern];
    this.literalBrackets = literalBrackets;
  }

  parse(): readonly State[] {
    this.sequence(false);
    this.states.push({ next: [] });
    return this.states;
  }

  /** Parses up to the end, or, inside braces, up to `,` or `}`. */
  private sequence(inBraces: boolean): void {
    for (let char = this.chars[this.at]; char !== undefined; char = this.chars[this.at]) {
      if (inBraces && (char === ',' || char === '}')) return;
      this.at += 1;
      this.token(char);
    }
    if (inBraces) throw badPattern(this.pattern, "has a '{' without its '}'");
  }

  private token(char: string): void {
    if (char === '*') this.star();
    else if (char === '?') this.consume(() => true);
    else if (char === '{') this.alternatives();
    else if (char === '[' && !this.literalBrackets) this.consume(this.charClass());
    else if (char === '\\') this.consume(equals(this.escaped()));
    else this.consume(equals(char));
  }

  private consume(test: CharTest): void {
    this.states.push({ test, next: [this.states.length + 1] });
  }

  private star(): void {
    const split = this.states.length;
    this.states.push({ next: [split + 1, split + 2] });
    this.states.push({ test: () => true, next: [split] });
  }

  private alternatives(): void {
    const split: State = { next: [] };
    const ends: State[] = [];
    this.states.push(split);
    for (;;) {
      split.next.push(this.states.length);
      this.sequence(true);
      const end: State = { next: [] };
      ends.push(end);
      this.states.push(end);
      this.at += 1;
      if (this.chars[this.at - 1] === '}') break;
    }
    for (const end of ends) end.next.push(this.states.length);
  }

  private charClass(): CharTest {
    const negated = this.chars[this.at] === '!';
    if (negated) this.at += 1;
    const ranges: [string, string][] = [];
    for (let char = this.classChar(); char !== undefined; char = this.classChar()) {
      const isRange = this.chars[this.at] === '-' && (this.chars[this.at + 1] ?? ']') !== ']';
      if (!isRange) ranges.push([char, char]);
      else {
        this.at += 1;
        const last = this.classChar() ?? char;
        if (last < char)
          throw badPattern(this.pattern, `has the range '${char}-${last}' the wrong way round`);
        ranges.push([char, last]);
      }
    }
    if (ranges.length === 0) throw badPattern(this.pattern, "has an empty '[]'");
    return (char) => ranges.some(([first, last]) => first <= char && char <= last) !== negated;
  }

  /** The next character of a class, or undefined at its `]`. */
  private classChar(): string | undefined {
    const char = this.chars[this.at];
    if (char === undefined) throw badPattern(this.pattern, "has a '[' without its ']'");
    this.at += 1;
    if (char === ']') return undefined;
    return char === '\\' ? this.escaped() : char;
  }

  private escaped(): string {
    const char = this.chars[this.at];
    if (char === undefined) throw badPattern(this.pattern, "ends in a '\\' with nothing to escape");
    this.at += 1;
    return char;
  }
}

function equals(wanted: string): CharTest {
  return (char) => char === wanted;
}

function badPattern(pattern: string, problem: string): InvalidInputError {
  return new InvalidInputError('bad-pattern', `the pattern '${pattern.slice(0, 100)}' ${problem}`);
}

import { compileGlob, type Glob, type GlobOptions } from '../manifest/glob.ts';

/** The same few patterns are asked for again and again, and compiling one costs more than a match. */
const compiled = new Map<string, Glob>();
const MOST_COMPILED = 10_000;

/**
 * A leading `!` negates the rest; it matches when it is equal, or when the glob matches.
 * @throws InvalidInputError `bad-pattern`.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const negated = pattern.startsWith('!');
  const rest = negated ? pattern.slice(1) : pattern;
  // Compiled in any case, so that a pattern that is none is found out whatever it is held against.
  const { matches } = glob(rest);
  return (rest === text || matches(text)) !== negated;
}

/** @throws InvalidInputError `bad-pattern`. */
export function matchesMessage(pattern: string, message: string): boolean {
  return glob(pattern, { literalBrackets: true }).matches(message);
}

function glob(pattern: string, options: GlobOptions = {}): Glob {
  const key = `${options.literalBrackets === true ? 'm' : 'b'}${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const made = compileGlob(pattern, options);
  compiled.set(key, made);
  return made;
}

import { RE2JS } from 're2js';

/** Compiling one costs more than a hundred matches, and the same few are asked for again and again. */
const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 1_000;
const MAX_LENGTH = 1_000;

/**
 * Whether an expression (RE2 syntax) matches a whole text; in time linear in it, whatever the expression.
 * @throws RE2JSSyntaxException for one that `expressionProblem` would have named.
 */
export function wholeMatch(expression: string, text: string): boolean {
  return compile(expression).matches(text);
}

/** What is wrong with an expression; undefined when it compiles. */
export function expressionProblem(expression: string): string | undefined {
  if (expression === '') return 'must not be empty';
  if (expression.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    return `is no expression of RE2: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function compile(expression: string): RE2JS {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const made = RE2JS.compile(expression);
  compiled.set(expression, made);
  return made;
}

import { InvalidInputError } from '../errors/errors.ts';
import type { Deploy } from '../manifest/manifest-schema.ts';
import { wholeMatch } from './expression.ts';
import { matchesPattern } from './pattern.ts';

/** All texts that begin so; or, when exact, this one text. */
interface Shape {
  readonly prefix: string;
  readonly exact: boolean;
}

const ANYTHING: readonly Shape[] = [{ prefix: '', exact: false }];
/** More alternatives than this are not looked at one by one. */
const MOST_SHAPES = 200;

/**
 * Whether a policy might release anything to an environment that is restricted so. `false` is proven; `true` means
 * that no proof was found. Exact where the pattern or the expression is a list of names; of two that go on with
 * wildcards only the texts before the first wildcard are compared.
 */
export function mayPass(deploy: Deploy, branchPattern: string): boolean {
  // A tag may be of any branch, and so may a push of which nothing is asked.
  const { branch } = deploy;
  if (branch === undefined) return true;
  // A branch may also be called what the pattern is written as.
  const wanted = branch.startsWith('!') ? ANYTHING : [...globShapes(branch), { prefix: branch, exact: true }];
  const allowed = expressionShapes(branchPattern);
  return wanted.some((one) => allowed.some((other) => mayMeet(one, other, branch, branchPattern)));
}

function mayMeet(wanted: Shape, allowed: Shape, branch: string, branchPattern: string): boolean {
  if (wanted.exact) return wholeMatch(branchPattern, wanted.prefix);
  if (allowed.exact) return matches(branch, allowed.prefix);
  return wanted.prefix.startsWith(allowed.prefix) || allowed.prefix.startsWith(wanted.prefix);
}

function matches(pattern: string, text: string): boolean {
  try {
    return matchesPattern(pattern, text);
  } catch (error) {
    if (error instanceof InvalidInputError) return true;
    throw error;
  }
}

/** A glob as the alternatives of its braces, each cut at its first wildcard. */
function globShapes(glob: string): readonly Shape[] {
  const open = glob.search(/[*?[{\\]/);
  if (open < 0) return [{ prefix: glob, exact: true }];
  const prefix = glob.slice(0, open);
  const [, inside, rest] = /^\{([^{}\\[]*)\}(.*)$/s.exec(glob.slice(open)) ?? [];
  if (inside === undefined || rest === undefined) return [{ prefix, exact: false }];
  const shapes = inside.split(',').flatMap((alternative) => globShapes(prefix + alternative + rest));
  return shapes.length > MOST_SHAPES ? [{ prefix, exact: false }] : shapes;
}

/** An expression as its alternatives, each cut where it says more than plain text. */
function expressionShapes(expression: string): readonly Shape[] {
  const [, inner] = /^\^?\((?:\?:)?([^()\\]*)\)\$?$/.exec(expression) ?? [];
  const bare = inner ?? expression;
  // Within a group a bar parts the group, not the expression; a flag may make letters mean others.
  if (/[()]/.test(bare) || (bare.includes('|') && /[[\\]/.test(bare))) return groupShape(bare);
  return bare.split('|').map(branchShape);
}

/** What stands before the first group, if no bar can part it from the rest. */
function groupShape(expression: string): readonly Shape[] {
  return expression.includes('|') ? ANYTHING : [branchShape(expression)];
}

function branchShape(alternative: string): Shape {
  const text = alternative.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const plain = /^(?:[A-Za-z0-9_/-]|\\[^A-Za-z0-9])*/.exec(text)?.[0] ?? '';
  const exact = plain.length === text.length;
  // What a quantifier follows may be there or not.
  const certain =
    !exact && /^[*+?{]/.test(text.slice(plain.length)) ? plain.replace(/(?:\\.|.)$/s, '') : plain;
  return { prefix: certain.replace(/\\(.)/gs, '$1'), exact };
}

import { RE2JS, RE2JSException } from 're2js';
import type { Budget } from '../budget.ts';
import { count, fixed, type TemplateFunction, text } from '../function.ts';
import { TemplateError } from '../template-error.ts';

/** How many characters × instructions of an expression cost one step. */
const WORK_PER_STEP = 1_000;
const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** sprig's regular expressions, in RE2's syntax and linear time. */
export const REGEX_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  regexMatch: fixed([text, text], ([pattern, value], budget) => compile(pattern, value, budget).test(value)),
  regexFind: fixed([text, text], ([pattern, value], budget) => {
    const [first] = matches(pattern, value, budget);
    return first === undefined ? '' : value.slice(first.start, first.end);
  }),
  regexFindAll: fixed([text, text, count], ([pattern, value, most], budget) =>
    limited(matches(pattern, value, budget), most).map(({ start, end }) => value.slice(start, end)),
  ),
  regexReplaceAll: fixed([text, text, text], ([pattern, value, replacement], budget) =>
    replaceAll(pattern, value, (match) => expand(replacement, match), budget),
  ),
  regexReplaceAllLiteral: fixed([text, text, text], ([pattern, value, replacement], budget) =>
    replaceAll(pattern, value, () => replacement, budget),
  ),
  regexSplit: fixed([text, text, count], ([pattern, value, most], budget) =>
    split(pattern, value, most, budget),
  ),
  regexQuoteMeta: fixed([text], ([value]) => RE2JS.quote(value)),
};

interface Match {
  readonly start: number;
  readonly end: number;
  /** By number, and by name where it has one; undefined for a group that took no part. */
  readonly groups: ReadonlyMap<string, string>;
}

function compile(pattern: string, value: string, budget: Budget): RE2JS {
  budget.step(pattern.length);
  const regex = read(pattern);
  budget.step(Math.ceil((regex.programSize() * value.length) / WORK_PER_STEP));
  return regex;
}

function read(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException)
      throw new TemplateError(`the expression '${pattern}' is wrong: ${error.message}`);
    throw error;
  }
}

/** All matches, as Go finds them: none of nothing right after another. */
function matches(pattern: string, value: string, budget: Budget): Match[] {
  const regex = compile(pattern, value, budget);
  const matcher = regex.matcher(value);
  const names = Object.entries(regex.namedGroups());
  const found: Match[] = [];
  while (matcher.find()) {
    budget.step(1 + matcher.groupCount());
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === found.at(-1)?.end) continue;
    const groups = new Map<string, string>();
    for (let at = 0; at <= matcher.groupCount(); at += 1) groups.set(String(at), matcher.group(at) ?? '');
    for (const [name, at] of names) groups.set(name, matcher.group(at) ?? '');
    found.push({ start, end, groups });
  }
  return found;
}

function limited(found: readonly Match[], most: number): readonly Match[] {
  return most < 0 ? found : found.slice(0, most);
}

function replaceAll(
  pattern: string,
  value: string,
  replacement: (match: Match) => string,
  budget: Budget,
): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of matches(pattern, value, budget)) {
    const insert = replacement(match);
    budget.grow(insert.length);
    parts.push(value.slice(at, match.start), insert);
    at = match.end;
  }
  return parts.join('') + value.slice(at);
}

/** `$1`, `$name`, `${1}x`, `$$`; a group that is not there is empty. */
function expand(template: string, { groups }: Match): string {
  return template.replaceAll(REFERENCE, (reference, braced?: string, bare?: string) =>
    reference === '$$' ? '$' : (groups.get(braced ?? bare ?? '') ?? ''),
  );
}

/** Go's Split, at most so many parts, all when negative; a match of nothing at either end does not split. */
function split(pattern: string, value: string, most: number, budget: Budget): string[] {
  if (most === 0) return [];
  if (pattern !== '' && value === '') return [''];
  const parts: string[] = [];
  let [from, to] = [0, 0];
  for (const { start, end } of matches(pattern, value, budget)) {
    if (most > 0 && parts.length === most - 1) break;
    to = start;
    if (end !== 0) parts.push(value.slice(from, to));
    from = end;
  }
  return to === value.length ? parts : [...parts, value.slice(from)];
}

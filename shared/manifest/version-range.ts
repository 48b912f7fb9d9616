import { Version } from './version.ts';

type Test = (version: Version) => boolean;

export interface VersionRange {
  readonly includes: (version: Version) => boolean;
}

const PART = '(?:\\d{1,18}|[xX*])';
const BOUND = `v?(${PART})(?:\\.(${PART}))?(?:\\.(${PART}))?(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?`;
const OPERATOR = '=|!=|>=|=>|<=|=<|>|<|~>|~|\\^';
const COMPARATOR = new RegExp(`^\\s*(${OPERATOR})?\\s*${BOUND}\\s*(?:,|(?=\\s|$|[<>=!~^]))`);
const HYPHEN = new RegExp(`\\s*(${BOUND})\\s+-\\s+(${BOUND})\\s*`, 'g');
const MAX_LENGTH = 500;

/**
 * A range as charts' versions are written, in helm's dialect: `^1.2`, `~1.2.3`, `1.x`, `>=1.0, <2.0`, `1.0 - 2.0`,
 * alternatives by `||`. A version with a prerelease is only in a range that names one. Undefined when it is no range.
 */
export function parseVersionRange(text: string): VersionRange | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const alternatives = text.split('||').map(parseAll);
  const tests = alternatives.filter((tests) => tests !== undefined);
  if (tests.length < alternatives.length) return undefined;
  return { includes: (version) => tests.some((all) => all.every((test) => test(version))) };
}

function parseAll(text: string): Test[] | undefined {
  let rest = text
    .replaceAll(HYPHEN, (...match: string[]) => ` >=${match[1]?.trim()}, <=${match[6]?.trim()} `)
    .trim();
  const tests: Test[] = [];
  do {
    const match = COMPARATOR.exec(rest);
    if (match === null) return undefined;
    tests.push(comparator(match[1] ?? '', bound(match.slice(2))));
    rest = rest.slice(match[0].length);
  } while (rest.trim() !== '');
  return tests;
}

/** A version whose last parts may be open. */
interface Bound {
  readonly version: Version;
  /** How many of major, minor, patch are given: 0 to 3. */
  readonly given: number;
}

function bound([major, minor, patch, prerelease]: readonly (string | undefined)[]): Bound {
  const parts = [major, minor, patch];
  const open = parts.findIndex((part) => part === undefined || !/^\d/.test(part));
  const given = open < 0 ? 3 : open;
  const numbers = parts.map((part, index) => (index < given ? part : '0'));
  const suffix = prerelease === undefined ? '' : `-${prerelease}`;
  const version = Version.parse(`${numbers.join('.')}${suffix}`) ?? Version.parse(numbers.join('.'));
  if (version === undefined) throw new TypeError('a bound is made of numbers');
  return { version, given };
}

function comparator(operator: string, limit: Bound): Test {
  const test = operatorTest(operator, limit);
  return (version) => (version.prerelease === '' || limit.version.prerelease !== '') && test(version);
}

function operatorTest(operator: string, { version: limit, given }: Bound): Test {
  const within = inside(limit, given);
  switch (operator) {
    case '>':
      return (version) => version.compare(limit) > 0 && !(given < 3 && within(version));
    case '<':
      return (version) => version.compare(limit) < 0;
    case '>=':
    case '=>':
      return (version) => version.compare(limit) >= 0;
    case '<=':
    case '=<':
      return (version) => version.compare(limit) <= 0 || (given < 3 && within(version));
    case '!=':
      return (version) => (given < 3 ? !within(version) : version.compare(limit) !== 0);
    case '~':
    case '~>':
      return (version) => version.compare(limit) >= 0 && inside(limit, Math.min(given, 2))(version);
    case '^':
      return (version) => version.compare(limit) >= 0 && inside(limit, caretDepth(limit, given))(version);
    default:
      return given < 3 ? within : (version) => version.compare(limit) === 0;
  }
}

/** Whether a version agrees in its first `depth` parts. */
function inside(limit: Version, depth: number): Test {
  return (version) =>
    (depth < 1 || version.major === limit.major) &&
    (depth < 2 || version.minor === limit.minor) &&
    (depth < 3 || version.patch === limit.patch);
}

/** `^` holds everything up to the first part that is not zero. */
function caretDepth(limit: Version, given: number): number {
  if (limit.major > 0n || given < 2) return Math.min(given, 1);
  if (limit.minor > 0n || given < 3) return 2;
  return 3;
}

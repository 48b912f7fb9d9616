import type { Budget } from './budget.ts';
import { formatValue } from './format.ts';
import { formatVerb, type VerbSpec } from './printf-verb.ts';
import { TemplateError } from './template-error.ts';
import { typeName, type Value } from './value.ts';

const VERB = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?/gsu;
const MAX_WIDTH = 10_000;

/**
 * Go's Sprintf for the values of templates: the verbs `%v %s %q %d %b %o %x %X %c %U %t %e %f %g %%` with flags, width
 * and precision. What does not fit is printed as Go does, `%!d(string=x)`.
 */
export function printf(format: string, args: readonly Value[], budget: Budget): string {
  const rest = [...args];
  const result = format.replaceAll(
    VERB,
    (_match, flags: string, width = '', precision?: string, verb = '') => {
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      const spec = readSpec(flags, measure(width, rest) ?? 0, measure(precision, rest));
      if (rest.length === 0) return `%!${verb}(MISSING)`;
      budget.step();
      const text = formatVerb(verb, rest.shift() ?? null, spec, budget);
      budget.grow(text.length);
      return text;
    },
  );
  return result + extra(rest, budget);
}

function readSpec(flags: string, width: number, precision: number | undefined): VerbSpec {
  const left = flags.includes('-') || width < 0;
  return {
    left,
    plus: flags.includes('+'),
    sharp: flags.includes('#'),
    space: flags.includes(' '),
    zero: flags.includes('0') && !left,
    width: Math.abs(width),
    precision,
  };
}

/** A width or precision; `*` takes it from the arguments. */
function measure(written: string | undefined, rest: Value[]): number | undefined {
  if (written === undefined) return undefined;
  const size = written === '*' ? Number(rest.shift() ?? 0) : Number(written);
  if (Math.abs(size) <= MAX_WIDTH) return size;
  throw new TemplateError(`widths and precisions of more than ${MAX_WIDTH} are not supported`);
}

function extra(rest: readonly Value[], budget: Budget): string {
  if (rest.length === 0) return '';
  const list = rest.map((value) =>
    value === null ? '<nil>' : `${typeName(value)}=${formatValue(value, budget)}`,
  );
  return `%!(EXTRA ${list.join(', ')})`;
}

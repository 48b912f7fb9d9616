import type { FieldError } from '../errors/gimletd-error.ts';

const HEADING = /values don't meet the specifications of the schema\(s\) in the following chart\(s\):$/m;
const CHART = /^(\S.*):$/;
const PROBLEM = /^\s*- at '(.*?)': (.*)$/;

/** Whether helm says that a chart's schema does not take its values. */
export function saysValuesProblems(words: string): boolean {
  return HEADING.test(words);
}

/**
 * The values that a chart's `values.schema.json` does not take, read from helm's words: each with its field in the
 * manifest, sorted by field, since helm lists them in an order of chance. None when that is not what helm says.
 */
export function valuesProblems(words: string, chart: string): FieldError[] {
  const heading = HEADING.exec(words);
  if (heading === null) return [];
  let field = 'values';
  return words
    .slice(heading.index + heading[0].length)
    .split('\n')
    .flatMap((line) => {
      const [, pointer, message] = PROBLEM.exec(line) ?? [];
      if (pointer !== undefined && message !== undefined)
        return [{ path: `${field}${dotted(pointer)}`, message: `is not what the chart takes: ${message}` }];
      // A subchart has its values under its name.
      const [, name] = CHART.exec(line) ?? [];
      if (name !== undefined) field = name === chart ? 'values' : `values.${name}`;
      return [];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `/a/0/b~1c` → `.a[0].b/c` */
function dotted(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
}

import { LineCounter, parseDocument } from 'yaml';
import { CliError } from '../cli-error.ts';
import { readInputFile } from './artifact-file.ts';
import { yamlTraps } from './yaml-traps.ts';

/**
 * Helm values in a YAML file. What does not mean what it looks like is refused, as in an environment file.
 * @throws CliError `no-such-file`, `bad-values-file`
 */
export async function readValues(path: string): Promise<Record<string, unknown>> {
  const text = await readInputFile(path, 'It holds the chart’s values, as helm takes them with -f.');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const syntax = document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`);
  const problems = [...syntax, ...yamlTraps(document, lines)];
  if (problems.length > 0) throw badValues(path, problems);
  const values: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) throw badValues(path, ['they must be a map']);
  return values as Record<string, unknown>;
}

function badValues(path: string, details: readonly string[]): CliError {
  return new CliError(`${path} holds no values:`, { code: 'bad-values-file', details });
}

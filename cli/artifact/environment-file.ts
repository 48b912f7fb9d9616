import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { manifestProblems } from '../../shared/contract/artifact-document.ts';
import { CliError } from '../cli-error.ts';
import { yamlTraps } from './yaml-traps.ts';

/**
 * The environments in a Gimlet environment file: YAML 1.2, as many documents as one likes. Everything that is wrong is
 * said at once, with its line.
 * @throws CliError `bad-environment-file`
 */
export function parseEnvironmentFile(path: string, text: string): Record<string, unknown>[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.2',
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const parsed = Array.isArray(documents) ? documents.filter((document) => !isEmpty(document)) : [];
  if (parsed.length === 0) {
    throw badFile(path, [
      'there is no environment in it: it needs at least app, env and a chart or manifests',
    ]);
  }
  const problems = parsed.flatMap((document) => [
    ...syntaxProblems(document, text, lines),
    ...yamlTraps(document, lines),
  ]);
  if (problems.length > 0) throw badFile(path, problems);
  const values = parsed.map((document) => toValue(document, path));
  const wrong = values.flatMap((value, index) => environmentProblems(value, index, values.length));
  if (wrong.length > 0) throw badFile(path, wrong);
  return values as Record<string, unknown>[];
}

/** `---` at the end begins a document with nothing in it. */
function isEmpty({ errors, contents }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function toValue(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias to nothing, or aliases of aliases that would unfold to a document without end.
    throw badFile(path, [error instanceof Error ? error.message : String(error)]);
  }
}

function syntaxProblems(document: Document.Parsed, text: string, lines: LineCounter): string[] {
  return document.errors.map(({ message, pos }) => {
    const { line } = lines.linePos(pos[0]);
    const source = text.split('\n')[line - 1] ?? '';
    const hint = /:\s+!/.test(source) ? ` (in YAML a leading ! is a tag: quote the value, e.g. "!main")` : '';
    return `line ${line}: ${message}${hint}`;
  });
}

function environmentProblems(value: unknown, index: number, count: number): string[] {
  const where = count > 1 ? `environment ${index + 1}: ` : '';
  return manifestProblems(value).map(
    ({ path, message }) => `${where}${path === '' ? '' : `${path}: `}${message}`,
  );
}

function badFile(path: string, problems: readonly string[]): CliError {
  return new CliError(`${path} is no Gimlet environment file that can be released:`, {
    code: 'bad-environment-file',
    details: problems,
  });
}

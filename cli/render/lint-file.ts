import { GimletdError } from '../../shared/contract/artifact-document.ts';
import { type RenderPorts, renderEnvironment, variableNames } from '../../shared/contract/rendering.ts';
import { readEnvironments } from '../artifact/read-environments.ts';
import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';
import { localRenderer } from './local-renderer.ts';
import { type RenderFlags, settingsOf } from './render-options.ts';
import { readVariables } from './variables.ts';

interface Problem {
  readonly environment: string;
  readonly path: string;
  readonly message: string;
}

/**
 * Checks the environments of a file by rendering each; how many there are.
 * @throws CliError `lint` with all that is wrong
 */
export async function lintFile(flags: RenderFlags, world: World): Promise<number> {
  const documents = await readEnvironments(flags.file, world.env);
  const given = await readVariables(flags.vars, flags.var);
  const settings = settingsOf(flags);
  const renderer = localRenderer({ world, file: flags.file, chart: flags.chart, settings });
  const isComplete = flags.vars !== undefined;
  const problems: Problem[] = [];
  for (const document of documents) {
    const variables = isComplete ? given : { ...standIns(document), ...given };
    problems.push(...(await problemsOf(document, variables, renderer)));
  }
  if (problems.length > 0) throw lintError(flags.file, problems, documents.length);
  return documents.length;
}

/** `{{ .SHA }}` becomes `sha`: good in names and harmless elsewhere. */
function standIns(document: unknown): Record<string, string> {
  const names = [...variableNames(document), 'BRANCH'];
  return Object.fromEntries(names.map((name) => [name, name.toLowerCase().replaceAll('_', '-')]));
}

async function problemsOf(
  document: Record<string, unknown>,
  variables: Readonly<Record<string, string>>,
  renderer: RenderPorts,
): Promise<Problem[]> {
  const environment = `${document['env'] ?? document['name'] ?? '?'}/${document['app'] ?? '?'}`;
  try {
    await renderEnvironment(document, variables, renderer);
    return [];
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const found = error.errors.length > 0 ? error.errors : [{ path: '', message: error.message }];
    return found.map(({ path, message }) => ({ environment, path, message }));
  }
}

function lintError(file: string, problems: readonly Problem[], environments: number): CliError {
  const details = problems.map(({ environment, path, message }) =>
    [environments > 1 ? environment : '', path, message].filter((part) => part !== '').join(': '),
  );
  return new CliError(`${file} can't be released as it is:`, { code: 'lint', details });
}

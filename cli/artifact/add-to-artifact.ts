import type { World } from '../world.ts';
import { type ArtifactDocument, readArtifactFile, writeArtifactFile } from './artifact-file.ts';
import { readEnvironments } from './read-environments.ts';

export interface AskedAdditions {
  readonly field?: Readonly<Record<string, string>>;
  /** Paths of environment files. */
  readonly envFile: readonly string[];
  readonly var?: Readonly<Record<string, string>>;
}

/**
 * Adds environments, an item and variables to an artifact file.
 * @throws CliError when a file can't be read or written, or is not what it should be.
 */
export async function addToArtifact(
  file: string,
  { field, envFile, var: variables }: AskedAdditions,
  env: World['env'],
): Promise<{ readonly document: ArtifactDocument; readonly told: string }> {
  const { document } = await readArtifactFile(file);
  const environments = (await Promise.all(envFile.map((path) => readEnvironments(path, env)))).flat();
  const added = addTo(document, { environments, item: field, variables });
  await writeArtifactFile(file, added);
  return { document: added, told: describe(environments.length, field, variables) };
}

interface Additions {
  readonly environments: readonly Record<string, unknown>[];
  readonly item: Readonly<Record<string, string>> | undefined;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

function addTo(document: ArtifactDocument, { environments, item, variables }: Additions): ArtifactDocument {
  const { vars, context, ...rest } = document;
  return {
    ...rest,
    context: { ...vars, ...context, ...variables },
    items: [...(document.items ?? []), ...(item === undefined ? [] : [item])],
    environments: [...(document.environments ?? []), ...environments],
  };
}

function describe(environments: number, item: object | undefined, variables: object | undefined): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  return [
    environments > 0 ? count(environments, 'environment') : '',
    item === undefined ? '' : `an item of ${count(Object.keys(item).length, 'field')}`,
    variables === undefined ? '' : count(Object.keys(variables).length, 'variable'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

import { type ArtifactDocument, readArtifactFile, writeArtifactFile } from '../artifact/artifact-file.ts';
import { collect, collectPairs } from '../artifact/key-value.ts';
import { readEnvironments } from '../artifact/read-environments.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

interface AddFlags extends JsonFlag {
  readonly file: string;
  readonly field?: Readonly<Record<string, string>>;
  readonly envFile?: readonly string[];
  readonly var?: Readonly<Record<string, string>>;
}

export const artifactAdd: DefineCommand = (command, run) => {
  command
    .requiredOption('-f, --file <file>', 'artifact file to add to')
    .option('--envFile <file>', 'Gimlet environment file, YAML or CUE; again for more', collect)
    .option('--field <name=value>', 'field of a new item; those of one call are one item', collectPairs)
    .option('--var <name=value>', 'variable for the manifests; again for more', collectPairs)
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((flags: AddFlags) =>
      run({ json: flags.output === 'json' }, async ({ output, world }) => {
        const { field, envFile = [], var: variables } = flags;
        if (field === undefined && variables === undefined && envFile.length === 0) {
          throw new UsageError('There is nothing to add: give --envFile, --field or --var.');
        }
        const { document } = await readArtifactFile(flags.file);
        const environments = (
          await Promise.all(envFile.map((path) => readEnvironments(path, world.env)))
        ).flat();
        const added = addTo(document, { environments, item: field, variables });
        await writeArtifactFile(flags.file, added);
        output.say(`Added to ${flags.file}: ${describe(environments.length, field, variables)}`);
        output.answer(added, () => undefined);
      }),
    );
};

const HELP = examples(
  'gimlet artifact add -f artifact.json --envFile .gimlet/staging.yaml --envFile .gimlet/production.yaml',
  'gimlet artifact add -f artifact.json --field name=image --field image=registry/app --field imageTag=$TAG',
  'gimlet artifact add -f artifact.json --var TEAM=payments',
);

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

import { collect, collectPairs } from '../artifact/key-value.ts';
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
        const { addToArtifact } = await import('../artifact/add-to-artifact.ts');
        const { document, told } = await addToArtifact(flags.file, { ...flags, envFile }, world.env);
        output.say(`Added to ${flags.file}: ${told}`);
        output.answer(document, () => undefined);
      }),
    );
};

const HELP = examples(
  'gimlet artifact add -f artifact.json --envFile .gimlet/staging.yaml --envFile .gimlet/production.yaml',
  'gimlet artifact add -f artifact.json --field name=image --field image=registry/app --field imageTag=$TAG',
  'gimlet artifact add -f artifact.json --var TEAM=payments',
);

import type { ManifestFlags } from '../artifact/new-manifest.ts';
import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';

export const manifestCreate: DefineCommand = (command, run) => {
  command
    .option('-f, --file <file>', 'YAML file of values for the chart; without it there are none yet')
    .requiredOption('--app <name>', 'application, which names the release')
    .requiredOption('--env <name>', 'environment')
    .option('--namespace <name>', 'Kubernetes namespace', 'default')
    .requiredOption('--chart <name>', "chart's name in its repository, or its git address")
    .option('--repository <url>', "chart's repository: https:// or oci://")
    .option('--chart-version <version>', "chart's version, exact or a range")
    .option('-o, --output <file>', 'file to write; stdout without it')
    .option('--json', 'print the manifest as JSON also when a file is written')
    .addHelpText('after', HELP)
    .action((flags: ManifestFlags) =>
      run({ json: flags.json === true }, async ({ world, output }) => {
        const { beginManifest } = await import('../artifact/new-manifest.ts');
        const { manifest, text } = await beginManifest(flags);
        if (flags.output !== undefined) await writeOutputFile(flags.output, text, { replace: false });
        output.answer(manifest, () => {
          if (flags.output === undefined) world.stdout.write(text);
          else output.say(`Written to ${flags.output}. ${next(flags)}`);
        });
      }),
    );
};

const HELP = examples(
  'gimlet manifest create --app shop --env staging --chart web --repository https://charts.example.com --chart-version ^1.2 -o .gimlet/staging.yaml',
  'gimlet manifest create -f values.yaml --app shop --env staging --chart web --repository https://charts.example.com',
);

function next({ file }: ManifestFlags): string {
  return `${file === undefined ? 'Fill in its values and' : 'Say'} when it is to be released.`;
}
